"""Costs of contracts on the basis `contract`: what is an asset, and how it becomes an expense.

Incremental costs of obtaining a contract (commissions) and costs of fulfilling it are an asset (ASC 340-40-25-1 and 25-5,
IFRS 15.91 and 95), amortised evenly by day over the service of the contract, from the cost on (35-1, 99), or over the
months of an estimate `amortisation_months`, where renewals are expected. Where that is a year or less they are an expense
at once (25-4, 94: the practical expedient; policy `contract_cost_expedient`). What cannot be recovered is impaired
(`assets.contract_costs.impairment`), and so is what is left when every promise of the contract has been taken back (35-3,
101).
"""

from __future__ import annotations

import polars as pl

from assets.contract_costs.impairment import standing, with_recoverable
from assets.contracts.policies import SCOPES_OF_CONTRACT, with_choice
from assets.facts.agreed import Agreed
from assets.facts.calendars import Calendars
from assets.facts.observed import Observed
from assets.money.conversion import to_minor
from assets.money.products import ONE, as_integer
from assets.money.rounding import share
from assets.recognition.contract_basis import ContractBasis
from assets.recognition.methods import day_number

POLICY = "contract_cost_expedient"
KINDS = ("commission", "fulfilment")
YEAR = 366


def contract_cost_months(observed: Observed, basis: ContractBasis) -> pl.DataFrame:
    """One row for each cost and period: cost_id, contract_id (that it is accounted for with), kind, legal_entity_id,
    customer_id, currency, month (the first day of the period), period_end, capitalised, amortised, impaired, balance; minor
    units."""
    agreed, policies = observed.agreed, observed.policies
    costs = to_minor(agreed.costs.filter(pl.col("kind").is_in(KINDS)), "amount").rename({"object_id": "cost_id"})
    of_contract = basis.contracts.select("contract_id", "lead_id", "customer_id", "issued_at")
    rows = costs.join(of_contract, on="contract_id").join(_terms(agreed, basis), on="lead_id", how="left")
    chosen = with_choice(rows, policies, POLICY, ("on", "off"), "on", into="expedient", scopes=SCOPES_OF_CONTRACT)
    begins = pl.max_horizontal("day", "begins")
    months_after = pl.col("day").dt.offset_by(pl.concat_str(pl.col("months").fill_null(1), pl.lit("mo")))
    until = pl.when(pl.col("months").is_not_null()).then(months_after).otherwise("ends")
    spanned = chosen.with_columns(
        start=begins.fill_null(pl.col("day")), until=pl.max_horizontal(until, "day").fill_null(pl.col("day"))
    )
    days = day_number(pl.col("until")) - day_number(pl.col("start"))
    at_once = (pl.col("expedient") == "on") & (days <= YEAR)
    timed = spanned.with_columns(days=pl.when(at_once | (days <= 0)).then(0).otherwise(days))
    spread = _by_period(timed, observed.ledger.calendars)
    return _impaired(with_recoverable(spread, agreed, policies, observed.ledger.book))


def _terms(agreed: Agreed, basis: ContractBasis) -> pl.DataFrame:
    """When the service of each contract begins and ends, when all of it was taken back, and the months of an estimate."""
    obligations = basis.obligations.group_by("lead_id").agg(
        begins=pl.col("service_from").min(),
        ends=pl.col("service_to").max(),
        ended_on=pl.when(pl.col("gone").all()).then(pl.col("day").max()),
    )
    told = agreed.estimates.filter((pl.col("kind") == "amortisation_months") & (pl.col("operation") == "assert"))
    months = (
        told.sort("day", maintain_order=True)
        .group_by(lead_id="scope", maintain_order=True)
        .agg(months=(as_integer(pl.col("value").last()) // ONE).cast(pl.Int64))
    )
    return obligations.join(months, on="lead_id", how="left")


def _by_period(rows: pl.DataFrame, calendars: Calendars) -> pl.DataFrame:
    last_day = (
        pl.when(pl.col("days") > 0).then(pl.max_horizontal("day", pl.col("until").dt.offset_by("-1d"))).otherwise("day")
    )
    spanned = calendars.with_periods(rows.with_columns(last_day=last_day), {"first": "day", "last": "last_day"})
    spread = calendars.spread(spanned, "first", "last", "month")
    dated = calendars.with_ends(spread, "month", "period_end")
    end = day_number(pl.col("period_end")) + 1
    whole = pl.col("days")
    passed = pl.when(whole == 0).then(1).otherwise((end - day_number(pl.col("start"))).clip(0, whole))
    stood = (pl.col("ended_on") > pl.col("period_end")).fill_null(True)
    by_its_end = (day_number(pl.col("ended_on")) - day_number(pl.col("start"))).clip(0, whole)
    worked = pl.when(stood | (whole == 0)).then(passed).otherwise(by_its_end)
    to_date = share(pl.col("amount"), worked, pl.when(whole == 0).then(1).otherwise(whole))
    return dated.with_columns(open=pl.col("amount") - to_date, stood=stood).sort("cost_id", "month")


def _impaired(months: pl.DataFrame) -> pl.DataFrame:
    """What each period capitalised, amortised and lost of each cost; a loss that is taken back is negative."""
    rows = months.with_columns(
        before=standing("open", "kept_before"), balance=pl.when("stood").then(standing("open", "kept")).otherwise(0)
    ).sort("cost_id", "month")
    opening = pl.col("month") == pl.col("first")
    opened = pl.when(opening).then("amount").otherwise(pl.col("balance").shift(1).over("cost_id").fill_null(0))
    ended = ~pl.col("stood") & ~(pl.col("stood").shift(1).over("cost_id").fill_null(True))
    before = pl.when(ended).then(0).otherwise("before")
    return rows.with_columns(
        capitalised=pl.when(opening).then("amount").otherwise(0),
        amortised=opened - before,
        impaired=before - pl.col("balance"),
    ).select(
        *("cost_id", "kind", "legal_entity_id", "customer_id", "currency", "month"),
        *("period_end", "capitalised", "amortised", "impaired", "balance"),
        contract_id="lead_id",
    )
