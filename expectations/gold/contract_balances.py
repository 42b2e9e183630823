"""Contract balances: an asset or a liability, never both, and together they are the journal's accounts."""

from __future__ import annotations

import polars as pl

from expectations.chart import DEFERRED
from expectations.expectation import holds, zero
from expectations.suite import Context, Read, gold_suite, grain
from lakehouse.tables import gold

OF = ["book", "legal_entity_id", "currency"]
POSTED = {
    "receivable": (("AccountsReceivable",), 1),
    "unbilled": (("UnbilledAccountsReceivable", "ContractAsset"), 1),
    "deferred": ((DEFERRED, "ContractLiability"), -1),
}


def against_journal(rows: pl.DataFrame, context: Context) -> pl.DataFrame:
    """Each set of books, of either, with the balances that stand here and those of the journal's accounts."""
    last = rows.sort("accounting_period").group_by(*OF, "contract_id").agg(pl.col(list(POSTED)).last())
    here = last.group_by(OF).agg(pl.col(list(POSTED)).sum())
    lines = context[gold.JOURNAL.qualified_name].filter(pl.col("contract_id") != "-")
    posted = lines.group_by(OF).agg(
        (sign * pl.col("amount").filter(pl.col("account").is_in(accounts))).sum().alias(f"posted_{column}")
        for column, (accounts, sign) in POSTED.items()
    )
    columns = (*POSTED, *(f"posted_{column}" for column in POSTED))
    return here.join(posted, on=OF, how="full", coalesce=True).with_columns(pl.col(columns).fill_null(0))


SUITE = gold_suite(
    gold.CONTRACT_BALANCES,
    holds(
        "asset_or_liability",
        "A contract has an asset or a liability, never both, and neither below nothing.",
        (pl.col("contract_asset") >= 0)
        & (pl.col("contract_liability") >= 0)
        & ((pl.col("contract_asset") == 0) | (pl.col("contract_liability") == 0)),
        shows=("contract_id", "contract_asset", "contract_liability"),
    ),
    zero(
        "asset_less_liability_is_net",
        "The asset less the liability is what is unbilled less what is deferred.",
        pl.col("contract_asset") - pl.col("contract_liability") - pl.col("unbilled") + pl.col("deferred"),
        shows=("contract_id", "unbilled", "deferred", "contract_asset", "contract_liability"),
    ),
    grains=(
        grain(
            tuple(OF),
            against_journal,
            *(
                zero(
                    f"{column}_is_of_the_journal",
                    f"What stands as {column} is the balance of {' and '.join(accounts)} in the journal.",
                    pl.col(column) - pl.col(f"posted_{column}"),
                    shows=(column, f"posted_{column}"),
                )
                for column, (accounts, _) in POSTED.items()
            ),
        ),
    ),
    reads=(Read(gold.JOURNAL, (*OF, "contract_id", "account", "amount")),),
)
