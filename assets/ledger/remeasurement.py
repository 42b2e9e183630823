"""Open receivables in a foreign currency are restated at the rate of each period's end (ASC 830-20-35-1; IAS 21.23(a)).

    remeasurement:  Dr AccountsReceivable   Cr FxUnrealised    on the last day, in the functional currency alone
    and the reverse on the first day of the next period, so that a settlement realises the whole difference at once

Contract assets are restated too, they end in cash; deferred revenue and contract liabilities are not monetary. Where the
closing rate was not published within seven days, the balance waits at the rate it is carried at.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from assets.facts.choices import RATE_SOURCE, REMEASUREMENT
from assets.facts.ledger import LedgerFacts
from assets.ledger.accounts import ACCOUNT_TYPE, KIND_TYPE, Account
from assets.ledger.postings import NONE
from assets.ledger.translation import TRANSLATED
from assets.money.rates import CLOSING, translated_amount, with_exponents, with_rates

REMEASURED = "remeasurement"
_MONETARY = (Account.ACCOUNTS_RECEIVABLE, Account.UNBILLED_ACCOUNTS_RECEIVABLE, Account.CONTRACT_ASSET)
_OF = ("legal_entity_id", "contract_id", "document_id", "customer_id", "currency", "functional_currency", "account")


def remeasurements(postings: pl.DataFrame, ledger: LedgerFacts, as_of: date) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Postings of what open foreign receivables gained or lost by each period's end, and the ends that wait for a rate."""
    monetary = postings.filter(
        (pl.col("currency") != pl.col("functional_currency"))
        & pl.col("account").is_in([account.value for account in _MONETARY])
        & (ledger.choices.of_entity(REMEASUREMENT) == "receivables")
    )
    ends = _open_at_ends(monetary, ledger, as_of)
    asked = ends.with_columns(day="period_end", rate_source=ledger.choices.of_entity(RATE_SOURCE))
    keys = ["currency", "functional_currency", "day", "rate_source"]
    rated = asked.join(with_rates(asked, ledger.rates, CLOSING), on=keys, how="left", nulls_equal=True)
    waiting = rated.filter(pl.col("num").is_null())
    restated = with_exponents(rated.drop_nulls("num")).with_columns(
        gain=translated_amount(pl.col("open")) - pl.col("carried")
    )
    gains = restated.filter(pl.col("gain") != 0)
    at_end = gains.with_columns(period="accounting_period", posted_on="period_end")
    back = ledger.calendars.after(gains, "accounting_period", "period").with_columns(
        posted_on="period", gain=-pl.col("gain")
    )
    moves = pl.concat([at_end.select(back.columns), back]).filter(pl.col("posted_on") <= as_of)
    return pl.concat([_legs(moves, pl.col("account"), 1), _legs(moves, pl.lit(Account.FX_UNREALISED.value), -1)]), waiting


def _open_at_ends(monetary: pl.DataFrame, ledger: LedgerFacts, as_of: date) -> pl.DataFrame:
    """`open` (transaction) and `carried` (functional) of each receivable at the end of each period in which it is open."""
    moved = (
        monetary.group_by(*_OF, "accounting_period")
        .agg(pl.col("amount", "functional_amount").sum())
        .sort(*_OF, "accounting_period")
        .with_columns(
            open=pl.col("amount").cum_sum().over(_OF),
            carried=pl.col("functional_amount").cum_sum().over(_OF),
            until=pl.col("accounting_period").shift(-1).over(_OF).dt.offset_by("-1d").fill_null(as_of),
        )
        .filter(pl.col("open") != 0)
        .drop("amount", "functional_amount")
        .rename({"accounting_period": "since"})
    )
    lasting = ledger.calendars.with_periods(moved, {"to": "until"})
    spread = ledger.calendars.spread(lasting, "since", "to", "accounting_period")
    return ledger.calendars.with_ends(spread, "accounting_period", "period_end").filter(pl.col("period_end") <= as_of)


def _legs(moves: pl.DataFrame, account: pl.Expr, sign: int) -> pl.DataFrame:
    return (
        moves.with_columns(
            account=account.cast(ACCOUNT_TYPE),
            amount=pl.lit(0, pl.Int64),
            functional_amount=sign * pl.col("gain"),
            event_kind=pl.lit(REMEASURED).cast(KIND_TYPE),
            event_id=pl.concat_str(_about(), pl.lit(":"), pl.col("accounting_period")),
            obligation_id=pl.lit(NONE),
            service_period="period",
        )
        .with_columns(accounting_period="period")
        .select(TRANSLATED)
    )


def _about() -> pl.Expr:
    """The invoice that is open; for the asset of a contract, the contract."""
    return pl.when(pl.col("document_id") == NONE).then("contract_id").otherwise("document_id")
