"""Refunds of which only the total is known.

A payment says how much of it was refunded (`amount_refunded`); the refunds themselves come as facts of their own. Stripe's
API versions from 2022-11-15 on send `charge.refunded` without the list, so where refund events are not subscribed to, the
total is all there is. What the total exceeds the known refunds by counts as a refund; a refund that is told later takes
its place, and the ledger corrects itself. https://docs.stripe.com/changelog/2022-11-15/deprecates-charges-auto-expand
"""

from __future__ import annotations

import polars as pl

from assets.money.conversion import to_minor

SUFFIX = ":unitemised"


def unitemised_refunds(
    rows: pl.DataFrame, payments: pl.DataFrame, itemised: pl.DataFrame, held: pl.DataFrame
) -> pl.DataFrame:
    """Refunds in the shape of cash (without `day`), one for each step by which a payment's total grew past the known.

    `rows`: all rows of cash; `payments`: those that count; `itemised`: known refunds of any status with `paid_by`; a
    failed one counts, since Stripe lowers the total without always telling. A step is dated by the first row that carries
    its total. A payment with a refund in conflict is left alone: what is known of it is in doubt.
    """
    refunded = payments.filter(pl.col("amount_refunded") > 0)
    in_doubt = itemised.join(held, left_on="event_id", right_on="object_id", how="semi").select(event_id="paid_by")
    known = itemised.group_by(event_id="paid_by").agg(itemised=pl.col("amount").sum())
    refunded = refunded.join(in_doubt, on="event_id", how="anti").join(known, on="event_id", how="left")
    carried = rows.filter((pl.col("operation") == "assert") & (pl.col("amount_refunded") > 0))
    carried = to_minor(carried, "amount_refunded").rename({"amount_refunded": "total", "object_id": "event_id"})
    steps = carried.group_by("event_id", "total").agg(first_known_at=pl.col("known_at").min())
    grown = (
        refunded.join(steps, on="event_id").filter(pl.col("total") <= pl.col("amount_refunded")).sort("event_id", "total")
    )
    before = pl.max_horizontal(pl.col("total").shift(1).over("event_id").fill_null(0), pl.col("itemised").fill_null(0))
    return (
        grown.with_columns(amount=pl.col("total") - before, paid_by="event_id", payment_id="event_id")
        .filter(pl.col("amount") > 0)
        .with_columns(
            kind=pl.lit("refund"),
            known=pl.lit(True),
            document_id=pl.lit(None, pl.String),
            effective_at="first_known_at",
            event_id=pl.col("event_id") + SUFFIX,
        )
    )
