"""Contract balances: receivables, and the contract asset or liability, netted by contract.

One contract has an asset or a liability, never both (ASC 606-10-45-1; IFRS 15.105; TRG memo 7). A receivable is an
unconditional right and stays apart (606-10-45-4).
"""

from __future__ import annotations

import polars as pl

from assets.ledger.postings import NONE
from lakehouse.tables import gold

_OF = ["book", "legal_entity_id", "currency", "contract_id"]
# By the names of the journal: the invoice basis defers, the basis `contract` has its own liability and asset.
_COLUMN = {
    "receivable": (("AccountsReceivable",), 1),
    "unbilled": (("UnbilledAccountsReceivable", "ContractAsset"), 1),
    "deferred": (("DeferredRevenue", "ContractLiability"), -1),
}


def contract_balances(journal: pl.LazyFrame) -> pl.DataFrame:
    """gold.contract_balances: a row for each contract and period in which one of its balances moved."""
    accounts = [name for names, _ in _COLUMN.values() for name in names]
    moved = (
        journal.filter((pl.col("contract_id") != NONE) & pl.col("account").is_in(accounts))
        .group_by(*_OF, "accounting_period")
        .agg(
            pl.col("customer_id").max(),
            *(
                (sign * pl.col("amount").filter(pl.col("account").is_in(names))).sum().alias(column)
                for column, (names, sign) in _COLUMN.items()
            ),
        )
        .collect()
        .sort(*_OF, "accounting_period")
    )
    closing = moved.with_columns(pl.col(list(_COLUMN)).cum_sum().over(_OF))
    net = pl.col("unbilled") - pl.col("deferred")
    changed = pl.any_horizontal(pl.col(list(_COLUMN)) != 0)
    rows = closing.filter(moved.select(changed).to_series()).with_columns(
        contract_asset=net.clip(0), contract_liability=(-net).clip(0)
    )
    return gold.CONTRACT_BALANCES.conform(rows)
