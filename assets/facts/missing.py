"""Facts that name something not yet seen. They are accepted and wait; they count when it arrives."""

from __future__ import annotations

from datetime import date

import polars as pl

from assets.facts.admission import Admitted
from assets.facts.cash import Cash
from assets.facts.entities import with_accounting_days
from assets.facts.invoices import Documents
from assets.facts.pending import waiting
from assets.facts.state import latest
from lakehouse.tables import silver

NOTHING = "-"


def missing_documents(admitted: Admitted, documents: Documents) -> list[pl.DataFrame]:
    """Credit notes of unknown invoices, invoices that are not whole, invoices of unknown contracts, lines of nothing."""
    known = pl.concat([documents.invoices.select("document_id"), documents.held])
    notes = documents.credit_notes.join(
        known, left_on="corrects_document_id", right_on="document_id", how="anti"
    ).with_columns(waits_for=pl.col("corrects_document_id").fill_null(NOTHING))
    contracts = admitted[silver.CONTRACTS].select(named_contract_id="object_id")
    strangers = documents.invoices.drop_nulls("named_contract_id").join(contracts, on="named_contract_id", how="anti")
    invoices = admitted[silver.DOCUMENTS].select(document_id="object_id")
    agreements = admitted[silver.CONTRACTS].select(contract_id="object_id")
    lines = latest(admitted[silver.DOCUMENT_LINES].join(invoices, on="document_id", how="anti"))
    promises = latest(admitted[silver.CONTRACT_LINES].join(agreements, on="contract_id", how="anti"))
    ident = {"reason": "missing", "object_id": "document_id"}
    return [
        waiting(notes, "documents", waits_for="waits_for", amount="total", **ident),
        waiting(documents.incomplete, "documents", waits_for="waits_for", amount="total", **ident),
        waiting(strangers, "documents", waits_for="named_contract_id", **ident),
        waiting(lines, "document_lines", "missing", object_id="object_id", waits_for="document_id"),
        waiting(promises, "contract_lines", "missing", object_id="object_id", waits_for="contract_id"),
    ]


def missing_states(admitted: Admitted) -> list[pl.DataFrame]:
    """Changes of objects whose whole state was never told: each waits for that of its own object."""
    rows = admitted.unfinished.with_columns(waits_for="object_id")
    tables = rows.get_column("table_name").unique().sort().to_list()
    return [waiting(rows.filter(table_name=t), t, "missing", object_id="object_id", waits_for="waits_for") for t in tables]


def missing_cash(
    cash: Cash, documents: Documents, links: pl.DataFrame, unpaid_applications: pl.DataFrame
) -> list[pl.DataFrame]:
    """Refunds and disputes of unknown payments, payments of unknown invoices, applications of unknown payments.

    A payment of an unknown invoice is in the books as unapplied cash meanwhile.
    """
    orphans = cash.orphans.with_columns(waits_for=pl.coalesce("payment_id", "payment_group_id"))
    known = pl.concat([documents.invoices.select("document_id"), documents.held])
    unseen = links.join(known, on="document_id", how="anti")
    waits = unseen.group_by("event_id").agg(pl.col("document_id").min().alias("waits_for"), pl.col("applied").sum())
    payments = cash.payments.join(waits, on="event_id")
    return [
        waiting(orphans, "cash", "missing", object_id="event_id", waits_for="waits_for", amount="amount"),
        waiting(payments, "cash", "missing", object_id="event_id", waits_for="waits_for", amount="applied"),
        waiting(unpaid_applications, "cash_applications", "missing", object_id="object_id", waits_for="cash_id"),
    ]


def unpaid(applications: pl.DataFrame, payments: pl.DataFrame, zones: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """Applications, told by as_of, of cash that is not known to have come in."""
    paid = payments.select(cash_id="event_id")
    groups = payments.drop_nulls("payment_group_id").select(cash_id="payment_group_id")
    told = with_accounting_days(latest(applications), zones, {"day": "effective_at"}).filter(pl.col("day") <= as_of)
    return told.join(pl.concat([paid, groups]), on="cash_id", how="anti")
