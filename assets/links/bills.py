"""Cash and the bills it settles, seen across systems: what a payment of one system settles of another's invoice."""

from __future__ import annotations

import polars as pl

from assets.facts.admission import Admitted
from assets.links.sales import in_place_of
from lakehouse.tables import silver


def with_bill(
    cash: pl.DataFrame, things: pl.DataFrame, applied: pl.DataFrame, payments: pl.DataFrame, members: pl.DataFrame
) -> pl.DataFrame:
    """Cash with `settles`, the bills it settles, and the party of the bill where it names no customer.

    A refund settles what its payment settled, and is of the same customer.
    """
    bills = in_place_of(applied.select("cash_id", "document_id"), members, "document_id", "document", "bill")
    parties = things.filter(kind="document").select("party", document_id="object_id")
    of_cash = (
        bills.join(parties, on="document_id", how="left")
        .group_by("cash_id")
        .agg(settles=pl.col("bill").unique().sort().str.join(","), of_bill=pl.col("party").min())
    )
    through = payments.join(of_cash.rename({"cash_id": "payment_id"}), on="payment_id").drop("payment_id")
    payer = things.filter(kind="cash").select("party", payment_id="object_id")
    of_payer = payments.join(payer, on="payment_id").group_by("cash_id").agg(of_payer=pl.col("party").min())
    every = pl.concat([of_cash, through.select(of_cash.columns)]).unique("cash_id", keep="first", maintain_order=True)
    joined = cash.join(every, left_on="object_id", right_on="cash_id", how="left").join(
        of_payer, left_on="object_id", right_on="cash_id", how="left"
    )
    return joined.with_columns(party=pl.coalesce("party", "of_payer", "of_bill")).drop("of_bill", "of_payer")


def notes_and_refunds(
    admitted: Admitted, things: pl.DataFrame, applied: pl.DataFrame, payments: pl.DataFrame, members: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Credit notes of which nothing was paid out, and refunds: those that count, with `invoice`, the group they are of."""
    idle = members.filter(~pl.col("counts")).select("object_id", "kind")
    standing = things.filter("live").join(idle, on=["object_id", "kind"], how="anti")
    state = admitted.states(silver.DOCUMENTS).filter(kind="credit_note")
    unpaid = state.filter(pl.col("amount_paid").fill_null(0) == 0).select("object_id", named="corrects_document_id")
    notes = standing.filter(kind="document", type="credit_note").join(unpaid, on="object_id")
    taken_back = payments.join(applied.select("document_id", payment_id="cash_id"), on="payment_id")
    refunds = standing.filter(kind="cash", type="refund").join(
        taken_back.select(object_id="cash_id", named="document_id"), on="object_id"
    )
    of_notes, of_refunds = (
        in_place_of(side, members, "named", "document", "invoice").unique(["object_id", "invoice"])
        for side in (notes, refunds)
    )
    return of_notes, of_refunds


def loose_and_due(
    things: pl.DataFrame, applied: pl.DataFrame, derived: pl.DataFrame, copies: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Payments of which no system says what they settle, and invoices that nothing is known to settle; both as they count.

    `derived`: links that references state. `copies`: gold.sale_copies. Invoices have `open`, in minor units.
    """
    idle = copies.filter(~pl.col("counts")).select("object_id", kind="object_kind")
    standing = things.filter("live").join(idle, on=["object_id", "kind"], how="anti")
    referred = derived.filter(a_kind="cash", b_kind="document").select(cash_id="a", document_id="b")
    told = pl.concat([applied.select("cash_id", "document_id"), referred])
    counted = _as_counted(_as_counted(told, copies, "cash_id", "cash"), copies, "document_id", "document")
    payments = standing.filter(kind="cash", type="payment")
    invoices = standing.filter(kind="document", type="invoice")
    return (
        payments.join(counted, left_on="object_id", right_on="cash_id", how="anti"),
        invoices.join(counted, left_on="object_id", right_on="document_id", how="anti").with_columns(open="amount"),
    )


def _as_counted(rows: pl.DataFrame, copies: pl.DataFrame, column: str, kind: str) -> pl.DataFrame:
    counted = copies.filter(object_kind=kind).select(pl.col("object_id").alias(column), counted="counted_object_id")
    joined = rows.join(counted, on=column, how="left")
    return joined.with_columns(pl.coalesce("counted", column).alias(column)).drop("counted")


def payers(derived: pl.DataFrame, applied: pl.DataFrame) -> pl.DataFrame:
    """cash_id and document_id of cash of which only a reference says what it settles, and says one document."""
    named = derived.filter(a_kind="cash", b_kind="document").select(cash_id="a", document_id="b").unique()
    alone = named.filter(pl.len().over("cash_id") == 1)
    return alone.join(applied, on="cash_id", how="anti")
