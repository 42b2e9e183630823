"""Cash as it stands: succeeded payments, what was taken out of them, and money won back.

A refund or dispute is read together with the payment it names, by the payment's own id or by the group that ties tries of
one payment together. Where that payment is not known to have succeeded, it waits (law 7).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import polars as pl

from assets.facts.admission import Admitted
from assets.facts.entities import with_accounting_days
from assets.facts.state import latest
from assets.facts.unitemised import unitemised_refunds
from assets.money.conversion import to_minor
from lakehouse.tables import silver

WITHDRAWALS = ("refund", "dispute")
REVERSAL = "dispute_reversal"
COLUMNS = (
    *("event_id", "kind", "amount", "currency", "effective_at", "day", "legal_entity_id", "customer_id"),
    *("document_id", "payment_id", "payment_group_id", "amount_refunded", "row_key"),
)


@dataclass(frozen=True)
class Cash:
    """Cash facts that moved money by as_of, in minor units; `event_id` is the object id.

    `payments`: what came in. `withdrawals`: refunds and disputes; `reversals`: disputes won; both with `paid_by`, the
    payment they belong to (empty where they name none). `orphans` name a payment that is not known to have succeeded.
    """

    payments: pl.DataFrame
    withdrawals: pl.DataFrame
    reversals: pl.DataFrame
    orphans: pl.DataFrame


def read_cash(admitted: Admitted, zones: pl.DataFrame, as_of: date) -> Cash:
    """Cash that moved by `as_of`, each refund and dispute beside its payment. What is in conflict is still among it."""
    rows = admitted[silver.CASH]
    state = to_minor(latest(rows), "amount", "amount_refunded").rename({"object_id": "event_id"})
    dated = with_accounting_days(state, zones, {"day": "effective_at"}).select(*COLUMNS, "status")
    moved = dated.filter((pl.col("day") <= as_of) & (pl.col("status") == "succeeded")).drop("status")
    payments = moved.filter(kind="payment")
    itemised = with_payment(dated.filter(kind="refund").drop("status"), payments)
    extra = with_accounting_days(
        unitemised_refunds(rows, payments, itemised, admitted.held), zones, {"day": "effective_at"}
    )
    taken = with_payment(moved.filter(pl.col("kind").is_in([*WITHDRAWALS, REVERSAL])), payments)
    taken = pl.concat([taken, extra.select(taken.columns).filter(pl.col("day") <= as_of)])
    known = taken.filter(pl.col("known"))
    return Cash(
        payments=payments,
        withdrawals=known.filter(pl.col("kind").is_in(WITHDRAWALS)),
        reversals=known.filter(kind=REVERSAL),
        orphans=taken.filter(~pl.col("known")),
    )


def with_payment(taken: pl.DataFrame, payments: pl.DataFrame) -> pl.DataFrame:
    """The frame with `paid_by`, the succeeded payment it belongs to, and `known`: false where it names one unseen."""
    by_id = payments.select(payment_id="event_id", by_id="event_id")
    by_group = payments.drop_nulls("payment_group_id").group_by("payment_group_id").agg(by_group=pl.col("event_id").min())
    joined = taken.join(by_id, on="payment_id", how="left").join(by_group, on="payment_group_id", how="left")
    names_none = pl.col("payment_id").is_null() & pl.col("payment_group_id").is_null()
    return joined.with_columns(paid_by=pl.coalesce("by_id", "by_group")).select(
        *COLUMNS, "paid_by", (pl.col("paid_by").is_not_null() | names_none).alias("known")
    )
