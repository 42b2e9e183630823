"""What becomes of a contract's invoice that was given up: it is paid after all, or void.

    recovery   Dr Recoverables   Cr BadDebt: the money stands in Recoverables already (`assets.ledger.cash_postings`)
               Dr BadDebt        Cr OtherLoss: what was recovered is lost again
    void       Dr ContractLiability and TaxLiability   Cr BadDebt: nothing was owed, so nothing was lost

On this basis the whole debt is bad debt when it is given up, whether it was earned or not, so all of it comes back.
"""

from __future__ import annotations

import polars as pl

from assets.ledger.accounts import Account
from assets.ledger.postings import BILLED, at_day, leg
from assets.money.rounding import share
from assets.recognition.recovery import RECOVERY, Recovered
from assets.recognition.take_backs import UNCOLLECTIBLE, VOID


def void_after_write_off(taken: pl.DataFrame, recovered: Recovered) -> pl.DataFrame:
    """Voids of invoices that were given up, with `gross`, the bad debt that stands, and `net`, what of it is no tax.

    `taken`: take-backs of invoices of contracts, with `billed` and `billed_net`, the invoice's total and net amount.
    """
    lost = taken.filter(kind=UNCOLLECTIBLE).select("document_id", lost="gross")
    back = recovered.events.group_by("document_id").agg(back=pl.col("regained").sum())
    voids = (
        taken.filter(kind=VOID).drop("gross", "net").join(lost, on="document_id").join(back, on="document_id", how="left")
    )
    standing = voids.with_columns(gross=pl.col("lost") - pl.col("back").fill_null(0)).filter(pl.col("gross") != 0)
    return standing.with_columns(net=share(pl.col("billed_net"), pl.col("gross"), pl.col("billed"))).drop("lost", "back")


def write_off_postings(voided: pl.DataFrame, billed: pl.DataFrame, recovered: Recovered) -> list[pl.DataFrame]:
    """`voided`: what `void_after_write_off` found."""
    events = at_day(recovered.events.join(billed.select(BILLED), on="document_id"))
    of = pl.when(kind=RECOVERY).then(pl.lit(Account.RECOVERABLES.value)).otherwise(pl.lit(Account.OTHER_LOSS.value))
    rows = at_day(voided)
    return [
        leg(events, of, pl.col("regained")),
        leg(events, Account.BAD_DEBT, -pl.col("regained")),
        leg(rows, Account.CONTRACT_LIABILITY, pl.col("net")),
        leg(rows, Account.TAX_LIABILITY, pl.col("gross") - pl.col("net")),
        leg(rows, Account.BAD_DEBT, -pl.col("gross")),
    ]
