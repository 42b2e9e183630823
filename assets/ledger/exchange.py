"""What the bank's rate cost: the realised difference of money that reached the bank in another currency.

A settlement is two entries through FxClearing, one in each currency (`assets.ledger.cash_postings`). Each is worth what the
published rate of its day says; what one currency went in for and the other came out for differs by the bank's own rate and
margin, and is realised on that day (ASC 830-20-35-1; IAS 21.28):

    settlement:  Dr FxLoss   Cr FxClearing    in the functional currency alone, so that the clearing account is clear
"""

from __future__ import annotations

import polars as pl

from assets.ledger.accounts import ACCOUNT_TYPE, Account
from assets.ledger.cash_postings import SETTLEMENT
from assets.ledger.translation import TRANSLATED

_OF_EVENT = ("legal_entity_id", "contract_id", "document_id", "event_id", "functional_currency")


def exchange_differences(translated: pl.DataFrame) -> pl.DataFrame:
    """Legs that clear what translated settlements leave in FxClearing; an event of which one half waits for a rate is left.

    They stand in an entry of a foreign currency: in its own an amount is never translated.
    """
    clearing = translated.filter(
        (pl.col("account") == Account.FX_CLEARING.value) & (pl.col("event_kind").cast(pl.String) == SETTLEMENT)
    )
    left = clearing.group_by(_OF_EVENT).agg(left=pl.col("functional_amount").sum(), halves=pl.col("currency").n_unique())
    uneven = left.filter((pl.col("left") != 0) & (pl.col("halves") == 2))
    foreign = clearing.filter(pl.col("currency") != pl.col("functional_currency")).sort("currency")
    entry = foreign.unique(_OF_EVENT, keep="last", maintain_order=True).join(uneven, on=_OF_EVENT)
    return pl.concat(
        [
            entry.with_columns(
                account=pl.lit(account.value).cast(ACCOUNT_TYPE),
                amount=pl.lit(0, pl.Int64),
                functional_amount=sign * pl.col("left"),
            ).select(TRANSLATED)
            for account, sign in ((Account.FX_CLEARING, -1), (Account.FX_LOSS, 1))
        ]
    )
