"""The shape of a posting, and how a rule writes one.

A posting is one leg: debit positive, minor units. The legs of one event in one service and accounting period sum to zero.
`functional` is given only where a rule knows the amount in the functional currency; elsewhere the translation finds it.
"""

from __future__ import annotations

import polars as pl

from assets.ledger.accounts import ACCOUNT_TYPE, KIND_TYPE, Account

NONE = "-"
"""What stands for no contract, no document, or no single obligation."""

POSTING = (
    *("legal_entity_id", "contract_id", "obligation_id", "document_id", "customer_id", "event_kind", "event_id"),
    *("account", "currency", "amount", "functional", "posted_on", "service_period", "accounting_period"),
)
EVENT = ("legal_entity_id", "contract_id", "document_id", "event_kind", "event_id", "currency", "service_period")
"""What one event does in one service period, wherever it is posted."""
ENTRY = (*EVENT, "functional_currency", "posted_on", "accounting_period")
"""What makes one entry: all that one event does in one service and accounting period."""
LEG = (*ENTRY, "obligation_id", "account")
"""What makes one leg of an entry."""
BILLED = ("legal_entity_id", "contract_id", "document_id", "customer_id", "currency")
"""What a posting about an invoice takes from it."""


def leg(
    frame: pl.DataFrame,
    account: Account | pl.Expr,
    amount: pl.Expr,
    kind: str | None = None,
    obligation: str | None = None,
    *,
    functional: pl.Expr | None = None,
) -> pl.DataFrame:
    """One leg a row; rows of no amount are left out.

    `frame` has the identity columns, `event_id`, `service_period`, `accounting_period`, `kind` where none is given, and
    `posted_on`; without it, time alone posts on the last day of its month.
    """
    to_account = pl.lit(account.value) if isinstance(account, Account) else account
    known = pl.lit(None, pl.Int64) if functional is None else functional
    day = pl.col("posted_on") if "posted_on" in frame.columns else pl.col("accounting_period").dt.month_end()
    return (
        frame.lazy()
        .with_columns(
            obligation_id=pl.lit(NONE) if obligation is None else pl.col(obligation),
            event_kind=(pl.col("kind") if kind is None else pl.lit(kind)).cast(KIND_TYPE),
            account=to_account.cast(ACCOUNT_TYPE),
            amount=amount,
            functional=known,
            posted_on=day,
        )
        .filter((pl.col("amount") != 0) | (pl.col("functional").fill_null(0) != 0))
        .select(POSTING)
        .collect()
    )


def at_day(frame: pl.DataFrame, day: str = "day") -> pl.DataFrame:
    """What happens on a day is posted on it, and both served and posted in its month."""
    month = pl.col(day).dt.month_start()
    return frame.with_columns(posted_on=pl.col(day), service_period=month, accounting_period=month)


def at_period_end() -> dict[str, pl.Expr]:
    """What time alone brings about posts on the last day of its period, `month`, which is `period_end`."""
    return {"posted_on": pl.col("period_end"), "service_period": pl.col("month"), "accounting_period": pl.col("month")}
