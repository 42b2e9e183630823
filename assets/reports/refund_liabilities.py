"""Refund liabilities and the goods expected back, rolled forward by contract and product.

What a customer may send back is owed and no revenue, and the right to the goods is an asset apart from it
(ASC 606-10-55-23, 55-27, 45-1; IFRS 15.B21, B25, 105). Balances are those of the journal, so they tie to the trial balance.
"""

from __future__ import annotations

import polars as pl

from assets.ledger.accounts import Account
from assets.ledger.contract_postings import GIVEN_BACK, RETURN
from assets.ledger.postings import NONE
from lakehouse.tables import gold

_OWED = ("expected", "given_back", "adjusted")
MOVEMENTS = (*_OWED, "asset_moved")
_OF = ("book", "legal_entity_id", "currency", "contract_id", "product_id")


def refund_liabilities(journal: pl.LazyFrame, obligations: pl.DataFrame) -> pl.DataFrame:
    """gold.refund_liabilities: a row for each contract, product and period in which either balance moved.

    `obligations`: gold.obligations, which say what product an obligation is of.
    """
    return rolled_forward(moved(journal, obligations))


def moved(journal: pl.LazyFrame, obligations: pl.DataFrame) -> pl.DataFrame:
    """What moves in each period, by the key of the table."""
    liability, asset = (pl.col("account") == a.value for a in (Account.REFUND_LIABILITY, Account.RETURN_ASSET))
    owed, kind = -pl.col("amount"), pl.col("event_kind")
    products = obligations.select("obligation_id", "product_id").lazy()
    return (
        journal.filter(liability | asset)
        .join(products, on="obligation_id", how="left")
        .with_columns(pl.col("product_id").fill_null(NONE))
        .group_by(*_OF, "accounting_period")
        .agg(
            expected=owed.filter(liability & (kind == RETURN)).sum(),
            given_back=owed.filter(liability & (kind == GIVEN_BACK)).sum(),
            adjusted=owed.filter(liability & ~kind.is_in([RETURN, GIVEN_BACK])).sum(),
            asset_moved=pl.col("amount").filter(asset).sum(),
        )
        .collect()
    )


def rolled_forward(moves: pl.DataFrame) -> pl.DataFrame:
    """The table of what moves in each period."""
    net = pl.sum_horizontal(_OWED)
    ordered = moves.filter(pl.any_horizontal(pl.col(MOVEMENTS) != 0)).sort(*_OF, "accounting_period")
    rows = ordered.with_columns(closing=net.cum_sum().over(_OF), asset_closing=pl.col("asset_moved").cum_sum().over(_OF))
    opened = rows.with_columns(
        opening=pl.col("closing") - net, asset_opening=pl.col("asset_closing") - pl.col("asset_moved")
    )
    return gold.REFUND_LIABILITIES.conform(opened)
