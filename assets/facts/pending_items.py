"""Charges and credits that wait for an invoice: what of them may be earned before it comes, and which line bills each.

Stripe earns prorations and metered usage before they are billed, against an unbilled receivable
(https://docs.stripe.com/revenue-recognition/methodology, accounts Revenue and UnbilledAccountsReceivable). The policy
`unbilled_items` chooses: prorations (default), all, or none, which then wait for their invoice.
An item waits from the day on which it was made until an invoice with a line that names it is booked, or until it is
deleted. One that names its invoice itself waits only while that is known as a draft. Its latest state counts, as that of
every observation.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import polars as pl

from assets.contracts.policies import with_choice
from assets.facts.admission import Admitted
from assets.facts.entities import with_accounting_days, with_seconds_of_day
from assets.facts.invoices import Documents
from assets.facts.lines import lines_in_force
from assets.facts.state import latest
from assets.money.conversion import to_minor
from lakehouse.tables import silver

PENDING_ITEM, BILLED_BY = "pending_item", "billed_by"
ITEM_IDS = (pl.col("reference"), pl.concat_str("reference_system", pl.lit(":"), "reference"))
"""How a reference may name an item: by its object id, or by its id in the system that the reference names."""
UNBILLED_POLICY = "unbilled_items"
PRORATIONS, ALL, NONE_OF_THEM = "prorations", "all", "none"
_DAYS = {"booked_on": "issued_at", "deleted_on": "deleted_at", "served_from": "service_from", "served_to": "service_to"}
_SECONDS = {"from_second": "service_from", "to_second": "service_to"}


@dataclass(frozen=True)
class PendingItems:
    """Minor units. `items`: those that wait at the end of as_of or were deleted by then, in the shape of an invoice beside
    its one line, with booked_on (when made), deleted_at and deleted_on. `billed`: object_id of each line that bills one,
    and `since`, the day on which that was made."""

    items: pl.DataFrame
    billed: pl.DataFrame


def pending_items(
    admitted: Admitted, documents: Documents, policies: pl.DataFrame, zones: pl.DataFrame, as_of: date
) -> PendingItems:
    """Items that may be earned before their invoice; `documents` are all that are known, whichever copy counts."""
    rows = admitted.free(silver.DOCUMENTS).filter(kind=PENDING_ITEM)
    told = rows.filter(operation="assert")
    dated = with_accounting_days(_states(admitted, rows, told), zones, _DAYS).filter(pl.col("booked_on") <= as_of)
    chosen = with_choice(
        dated, policies, UNBILLED_POLICY, (PRORATIONS, ALL, NONE_OF_THEM), PRORATIONS, into="unbilled"
    ).filter((pl.col("unbilled") == ALL) | ((pl.col("unbilled") == PRORATIONS) & pl.col("proration").fill_null(False)))
    items = with_seconds_of_day(to_minor(chosen, "amount"), zones, _SECONDS).with_columns(
        deleted_at=pl.when(pl.col("deleted_on") <= as_of).then("deleted_at"),
        deleted_on=pl.when(pl.col("deleted_on") <= as_of).then("deleted_on"),
    )
    whole = _naming(admitted, zones, as_of).join(documents.incomplete, on="document_id", how="anti")
    since = items.select(item_id="document_id", since="booked_on")
    return PendingItems(
        items=items.join(whole, left_on="document_id", right_on="item_id", how="anti").join(
            _billed_elsewhere(admitted), on="document_id", how="anti"
        ),
        billed=whole.join(since, on="item_id").select("object_id", "since").unique("object_id", keep="first"),
    )


def _states(admitted: Admitted, rows: pl.DataFrame, told: pl.DataFrame) -> pl.DataFrame:
    """Each item as it was last told, with its line; `deleted_at` where its last row retracts it."""
    over = rows.sort("object_id", "effective_at", "source_sequence", "known_at", "row_key", nulls_last=False)
    last = over.unique("object_id", keep="last", maintain_order=True).filter(operation="retract")
    heads = latest(told).join(last.select("object_id", deleted_at="effective_at"), on="object_id", how="left")
    named = heads.select(
        *("legal_entity_id", "customer_id", "currency", "issued_at", "deleted_at"),
        document_id="object_id",
        contract_id=pl.coalesce("contract_id", "object_id"),
    )
    first = told.group_by(document_id="object_id").agg(first=pl.col("effective_at").min())
    made = named.join(first, on="document_id").with_columns(issued_at=pl.coalesce("issued_at", "first")).drop("first")
    lines = admitted.free(silver.DOCUMENT_LINES).join(made, on="document_id", how="semi")
    in_force = lines_in_force(told, lines.filter(operation="assert"), "document_id").select(
        *("document_id", "product_id", "line_number", "amount", "service_from", "service_to", "proration", "row_key"),
        obligation_id="object_id",
    )
    return made.join(in_force, on="document_id")


def _naming(admitted: Admitted, zones: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """Which line of which invoice, final by `as_of` and counted or not, names which item: object_id (of the line),
    document_id, item_id."""
    named = admitted.free(silver.EXTERNAL_REFERENCES).filter(
        object_kind="document_line", reference_kind=PENDING_ITEM, operation="assert"
    )
    naming = pl.concat([named.select("object_id", item_id=item) for item in ITEM_IDS]).drop_nulls().unique()
    lines = admitted[silver.DOCUMENT_LINES].join(naming, on="object_id", how="semi").select("object_id", "document_id")
    found = naming.join(lines.unique(), on="object_id")
    invoices = admitted[silver.DOCUMENTS].join(found, left_on="object_id", right_on="document_id", how="semi")
    final = latest(invoices).filter(pl.col("status") != "draft")
    moments = final.select("legal_entity_id", document_id="object_id", at=pl.coalesce("issued_at", "effective_at"))
    by_then = with_accounting_days(moments, zones, {"day": "at"}).filter(pl.col("day") <= as_of)
    return found.join(by_then, on="document_id", how="semi")


def _billed_elsewhere(admitted: Admitted) -> pl.DataFrame:
    """`document_id` of items that name their invoice, where that is final or was never told of."""
    named = admitted.free(silver.EXTERNAL_REFERENCES).filter(
        object_kind="document", reference_kind=BILLED_BY, operation="assert"
    )
    taken = pl.concat([named.select(document_id="object_id", invoice_id=invoice) for invoice in ITEM_IDS]).drop_nulls()
    told = admitted[silver.DOCUMENTS].join(taken, left_on="object_id", right_on="invoice_id", how="semi")
    drafts = latest(told).filter(status="draft").select(invoice_id="object_id")
    waiting = taken.join(drafts, on="invoice_id", how="semi")
    return taken.join(waiting, on="document_id", how="anti").select("document_id").unique()
