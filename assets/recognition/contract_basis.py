"""Revenue on the basis `contract`: contract, obligations, transaction price, allocation, recognition, in that order.

Revenue to the end of a month is what was recognised before the last modification, and of what was then allocated the share
that is performed since. It is rounded to date, and a month earns the difference, so every schedule sums exactly:

    R(m) = base + (allocated - base) * (performed(m) - base_units) / (total - base_units), half to even

with the version of the allocation in force at the end of m (DESIGN, section 7). Where nothing was left to perform when the
price changed, the change is revenue at once (ASC 606-10-32-43, IFRS 15.88). While a contract is not probable to be
collected nothing of it is revenue, and when it is again all of it at once (ASC 606-10-25-1(e), 25-6 to 8; IFRS 15.9(e),
14).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import polars as pl

from assets.allocation.allocated import allocations
from assets.contracts.basis import contracts_on_basis_contract
from assets.contracts.policies import SCOPES_OF_LINE, with_choice
from assets.facts.agreed import Agreed
from assets.facts.calendars import Calendars
from assets.facts.observed import Observed
from assets.modifications.segments import segments
from assets.money.products import times
from assets.money.rounding import share
from assets.obligations.lines import line_states
from assets.obligations.repurchase import FINANCING, KINDS, LEASE, repurchase_months, repurchases
from assets.pricing.consistent import aimed
from assets.pricing.credited import credited, price_notes
from assets.pricing.financing import financed, in_price
from assets.pricing.metered import metered_to_date
from assets.pricing.sold_for import prices_sold_for, worth
from assets.pricing.variable import variable_amounts
from assets.progress.control import with_control
from assets.progress.performed import PRECISIONS, RETURNS, Done, done, with_progress
from assets.recognition.methods import METHODS

_MONTHS = pl.Schema(
    {
        "obligation_id": pl.String(),
        "month": pl.Date(),
        "period_end": pl.Date(),
        "revenue": pl.Int64(),
        "to_date": pl.Int64(),
        "performed": pl.Int128(),
        "total": pl.Int128(),
        "refundable": pl.Int64(),
        "given_back": pl.Int64(),
        "came_back": pl.Int128(),
        "owed": pl.Int64(),
        "bought_back": pl.Int64(),
        "interest": pl.Int64(),
    }
)


@dataclass(frozen=True)
class ContractBasis:
    """Minor units.

    `contracts`: on this basis. `obligations`: one row each, in its latest state, with `allocated` and `unscheduled`
    (allocated, and not known yet when it will be performed). `versions`: the allocation of each version. `months`:
    obligation_id, month (the first day of the entity's period), period_end, revenue, to_date, performed, total, refundable
    (still expected back of what was transferred), given_back (what of it came back), came_back (units, 10^-12), owed (to
    the principal, to date), bought_back (to be paid for goods that are bought back) and its interest, to date. `costs`:
    line_id, day, spent, uninstalled, to date.
    `modifications`. `interest`: invoices with a financing component.
    """

    contracts: pl.DataFrame
    obligations: pl.DataFrame
    versions: pl.DataFrame
    months: pl.DataFrame
    costs: pl.DataFrame
    modifications: pl.DataFrame
    interest: pl.DataFrame


_NOTHING: list[ContractBasis] = []
"""What there is of no contract, once it is known: a change mostly concerns few facts, and to find nothing takes 0.3 s."""


def recognise_contracts(observed: Observed) -> ContractBasis:
    """All of the contract basis for one observation of the facts."""
    agreed, policies = observed.agreed, observed.policies
    agreed = replace(agreed, performance=with_control(agreed.performance, agreed.judgements, agreed.lines))
    contracts = contracts_on_basis_contract(agreed, policies)
    if contracts.is_empty() and _NOTHING:
        return _NOTHING[0]
    every = line_states(agreed, contracts, policies)
    returnable = repurchases(every, agreed)
    told = _sold(every, returnable)
    precision = "progress_precision"
    chosen = with_choice(told, policies, precision, tuple(PRECISIONS), "exact", into=precision, scopes=SCOPES_OF_LINE)
    states = chosen.with_columns(progress_parts=pl.col(precision).replace_strict(PRECISIONS, return_dtype=pl.Int64)).drop(
        precision
    )
    done_by = done(agreed, states)
    noted = price_notes(observed, contracts)
    cut = segments(states, agreed, policies, done_by, noted.filter("conceded"))
    steps = pl.concat([done_by.quantities.select("line_id", "day"), done_by.costs.select("line_id", "day")])
    interest = financed(agreed, contracts, states, _billed(observed, contracts), steps, policies)

    def at_prices(sold: pl.DataFrame | None) -> pl.DataFrame:
        told_amounts = variable_amounts(agreed, states, policies, done_by.came_back, sold)
        by_note = credited(noted, told_amounts)
        beside = (rows.select(told_amounts.columns) for rows in (in_price(interest), by_note))
        return aimed(pl.concat([told_amounts, *beside]), cut.panel, policies)

    amounts = at_prices(None)
    shared_lines = amounts.filter("shares").get_column("target").unique()
    latest = states.group_by("obligation_id", maintain_order=True).last().select(states.columns)
    metered = latest.filter("open_ended")
    to_date = metered_to_date(metered, agreed, policies)
    royalties = to_date.filter(pl.col("obligation_id").is_in(shared_lines.implode()))
    own = to_date.filter(~pl.col("obligation_id").is_in(shared_lines.implode()))
    panel = cut.panel.filter(~pl.col("open_ended") | pl.col("obligation_id").is_in(shared_lines.implode()))
    given_back = amounts.filter(pl.col("kind").is_in(RETURNS))
    sold = prices_sold_for(pl.DataFrame())
    if given_back.height:
        of_pools = panel.filter(pl.col("pool").is_in(given_back.get_column("pool").unique().implode()))
        but_returns = _in_price(amounts.filter(~pl.col("kind").is_in(RETURNS)), metered, royalties, cut.panel)
        sold = prices_sold_for(allocations(of_pools, but_returns, agreed, policies))
        amounts = at_prices(sold)
    versions = allocations(panel, _in_price(amounts, metered, royalties, cut.panel), agreed, policies)
    calendars = observed.ledger.calendars
    by_repurchase = repurchase_months(returnable, calendars, agreed.as_of)
    by_allocation = _by_allocation(versions, done_by, amounts, sold, calendars)
    months = pl.concat([by_allocation, _by_meter(own, metered, calendars), by_repurchase], how="diagonal")
    named = pl.concat([latest, _apart(every, returnable)], how="diagonal")
    held = _while_collectable(_with_nothing(months), named, agreed)
    own = pl.concat([own.select("obligation_id", "day", "earned"), _earned_by(by_repurchase)])
    found = (
        contracts,
        _obligations(named, versions, held, own),
        versions,
        held,
        done_by.costs,
        cut.modifications,
        interest,
    )
    if contracts.is_empty():
        _NOTHING[:] = [ContractBasis(*(frame.clear() for frame in found))]
        return _NOTHING[0]
    return ContractBasis(*found)


def _billed(observed: Observed, contracts: pl.DataFrame) -> pl.DataFrame:
    """Invoices of these contracts with their net amount and the day on which they are to be paid."""
    net = observed.lines.group_by("document_id").agg(net=pl.col("amount").sum())
    ours = observed.invoices.join(contracts.select("contract_id", "lead_id"), on="contract_id").join(net, on="document_id")
    return ours.select("document_id", "lead_id", "net", "booked_on", pays_on=pl.coalesce("due_on", "booked_on"))


def _sold(states: pl.DataFrame, returnable: pl.DataFrame) -> pl.DataFrame:
    """Lines that are sold to a customer: without promises to buy back, and what they make a lease or a financing.

    The rules of those come first, and the price that is shared is what they leave (ASC 606-10-15-4, IFRS 15.7)."""
    apart = returnable.filter(pl.col("treatment").is_in([LEASE, FINANCING])).get_column("obligation_id")
    back = pl.col("promise_kind").is_in(KINDS).fill_null(False)
    return states.filter(~back & ~pl.col("obligation_id").is_in(apart.implode()))


def _apart(states: pl.DataFrame, returnable: pl.DataFrame) -> pl.DataFrame:
    """The latest state of what is sold as a lease or a financing, with the time over which that is earned."""
    rented = pl.col("treatment") == LEASE
    apart = returnable.filter(pl.col("treatment").is_in([LEASE, FINANCING]))
    latest = states.group_by("obligation_id", maintain_order=True).last()
    joined = latest.join(apart.select("obligation_id", "treatment", "handed_on", "ends_on"), on="obligation_id")
    begins = pl.coalesce("handed_on", "service_from")
    return joined.with_columns(
        method=pl.when(rented).then(pl.lit("straight_line_daily")).otherwise(pl.lit("point_in_time")),
        service_from=begins,
        service_to=pl.when(rented).then(pl.max_horizontal("ends_on", begins)).otherwise(begins),
    ).drop("treatment", "handed_on", "ends_on")


def _earned_by(months: pl.DataFrame) -> pl.DataFrame:
    return months.select("obligation_id", day="month", earned="to_date")


def _with_nothing(months: pl.DataFrame) -> pl.DataFrame:
    """Months in which nothing is owed or expected back say so."""
    return months.with_columns(
        pl.col("refundable", "given_back", "came_back", "owed", "bought_back", "interest").fill_null(0)
    )


def _in_price(amounts: pl.DataFrame, metered: pl.DataFrame, royalties: pl.DataFrame, panel: pl.DataFrame) -> pl.DataFrame:
    """Variable amounts of the shared price. Estimates about metered lines only told whether they are shared."""
    estimates = amounts.join(metered.select(target="obligation_id"), on="target", how="anti")
    kept = estimates.with_columns(target=pl.when("shares").then(pl.lit(None, pl.String)).otherwise("target"))
    pool_of = panel.group_by("obligation_id").agg(pl.col("pool").first())
    earned = royalties.join(pool_of, on="obligation_id").select(
        "pool", component="obligation_id", target=pl.lit(None, pl.String), day="day", value="earned"
    )
    columns = ["pool", "component", "target", "day", "value"]
    return pl.concat([kept.select(columns), earned.select(columns)])


def _by_allocation(
    versions: pl.DataFrame, done_by: Done, amounts: pl.DataFrame, sold: pl.DataFrame, calendars: Calendars
) -> pl.DataFrame:
    """Revenue to the end of each period of obligations that are allocated a price."""
    if versions.is_empty():
        return pl.DataFrame(schema=_MONTHS)
    moved = pl.concat(
        [
            done_by.quantities.select("line_id", "day"),
            done_by.costs.select("line_id", "day"),
            done_by.expected.select("line_id", "day"),
        ]
    )
    last_step = moved.group_by("line_id").agg(last_step=pl.col("day").max())
    timed = pl.col("method").is_in(METHODS) | (pl.col("method") == "redemption")
    ends = pl.when(timed).then(pl.max_horizontal("service_from", pl.col("service_to").dt.offset_by("-1d")))
    span = (
        versions.join(last_step, on="line_id", how="left")
        .group_by("obligation_id")
        .agg(
            pl.col("legal_entity_id").first(),
            begins=pl.col("version").min(),
            ends=pl.max_horizontal(pl.col("version").max(), ends.max(), pl.col("last_step").max()),
        )
    )
    grid = calendars.spread(calendars.with_periods(span, {"first": "begins", "last": "ends"}), "first", "last", "month")
    dated = calendars.with_ends(grid, "month", "at").select("obligation_id", "month", "at", period_end="at")
    in_force = dated.sort("at").join_asof(
        versions.sort("version"),
        left_on="at",
        right_on="version",
        by="obligation_id",
        strategy="backward",
        check_sortedness=False,
    )
    measured = with_progress(in_force, done_by).sort("obligation_id", "month")
    left = pl.col("total") - pl.col("base_units")
    part = pl.when(left > 0).then((pl.col("performed") - pl.col("base_units")).clip(0)).otherwise(1)
    whole = left.clip(1)
    over_time = pl.col("allocated") - pl.col("base") - pl.col("materials_expected")
    to_date = pl.col("base") + share(over_time, pl.min_horizontal(part, whole), whole) + pl.col("materials_delivered")
    owed = share(pl.col("of_principal"), pl.min_horizontal("performed", "total"), pl.col("total"))
    rows = measured.with_columns(to_date=to_date, part=part, whole=whole, owed=owed)
    return (
        _with_refundable(rows, amounts, done_by.came_back, sold)
        .with_columns(revenue=pl.col("to_date") - pl.col("to_date").shift(1).over("obligation_id").fill_null(0))
        .select(n for n in _MONTHS.names() if n not in ("bought_back", "interest"))
    )


def _with_refundable(
    rows: pl.DataFrame, amounts: pl.DataFrame, came_back: pl.DataFrame, sold: pl.DataFrame
) -> pl.DataFrame:
    """What is still expected to be given back of what was transferred: the returns in the price, as far as it is
    performed, less those that came back (ASC 606-10-55-25 to 27, IFRS 15.B23 to B25)."""
    back = (
        amounts.filter(pl.col("kind").is_in(RETURNS))
        .drop_nulls("target")
        .group_by("target", "day")
        .agg(returned=-pl.col("value").sum())
    )
    held = rows.sort("at").join_asof(
        back.sort("day"),
        left_on="at",
        right_on="day",
        by_left="obligation_id",
        by_right="target",
        strategy="backward",
        check_sortedness=False,
    )
    refundable = share(pl.col("returned").fill_null(0), pl.min_horizontal("part", "whole"), pl.col("whole"))
    with_back = held.join_asof(
        came_back.rename({"day": "back_on"}),
        left_on="at",
        right_on="back_on",
        by="line_id",
        strategy="backward",
        check_sortedness=False,
    ).with_columns(pl.col("came_back").fill_null(0))
    with_back = with_back.sort("at").join_asof(
        sold.rename({"day": "sold_from"}),
        left_on="at",
        right_on="sold_from",
        by_left="obligation_id",
        by_right="target",
        strategy="backward",
        check_sortedness=False,
    )
    at_list = times(pl.col("unit_price").fill_null(0), pl.col("came_back"))
    returned = pl.coalesce(worth("sold", pl.col("came_back"), "promised"), at_list)
    still = pl.when(pl.col("came_back") > 0).then((refundable - returned).clip(0)).otherwise(refundable)
    return with_back.with_columns(refundable=still, given_back=refundable - still).sort("obligation_id", "month")


def _by_meter(to_date: pl.DataFrame, lines: pl.DataFrame, calendars: Calendars) -> pl.DataFrame:
    """Revenue of metered lines, period by period."""
    of_entity = to_date.join(lines.select("obligation_id", "legal_entity_id"), on="obligation_id")
    dated = calendars.with_ends(calendars.with_periods(of_entity, {"month": "day"}), "month", "period_end")
    monthly = dated.sort("obligation_id", "day")
    last = monthly.group_by("obligation_id", "month", "period_end", maintain_order=True).agg(
        pl.col("owed").last(), to_date=pl.col("earned").last()
    )
    return last.with_columns(
        revenue=pl.col("to_date") - pl.col("to_date").shift(1).over("obligation_id").fill_null(0),
        refundable=pl.lit(0, pl.Int64),
        given_back=pl.lit(0, pl.Int64),
        came_back=pl.lit(0, pl.Int128),
    )


def _while_collectable(months: pl.DataFrame, latest: pl.DataFrame, agreed: Agreed) -> pl.DataFrame:
    """Months with the revenue of contracts that are not probable to be collected held back until they are."""
    known = agreed.judgements.filter((pl.col("decision") == "collectability") & (pl.col("operation") == "assert"))
    if known.is_empty() or months.is_empty():
        return months
    said = known.select(scope="scope", judged="day", held=pl.col("value") == "not_probable").sort("judged")
    of = latest.select("obligation_id", scope="lead_id")
    dated = months.join(of, on="obligation_id").sort("period_end")
    judged = dated.join_asof(
        said, left_on="period_end", right_on="judged", by="scope", strategy="backward", check_sortedness=False
    )
    ordered = judged.sort("obligation_id", "month").with_columns(
        to_date=pl.when(pl.col("held").fill_null(False)).then(None).otherwise("to_date")
    )
    frozen = ordered.with_columns(to_date=pl.col("to_date").forward_fill().over("obligation_id").fill_null(0))
    return frozen.with_columns(
        revenue=pl.col("to_date") - pl.col("to_date").shift(1).over("obligation_id").fill_null(0)
    ).select(months.columns)


def _obligations(latest: pl.DataFrame, versions: pl.DataFrame, months: pl.DataFrame, metered: pl.DataFrame) -> pl.DataFrame:
    """Each obligation with what it is allocated now, and what of it no month is known for."""
    if latest.is_empty():
        return latest.with_columns(allocated=pl.lit(0, pl.Int64), unscheduled=pl.lit(0, pl.Int64))
    last = pl.DataFrame(schema={"obligation_id": pl.String, "allocated": pl.Int64})
    if versions.height:
        last = versions.sort("version").group_by("obligation_id", maintain_order=True).agg(pl.col("allocated").last())
    used = metered.sort("day").group_by("obligation_id", maintain_order=True).agg(allocated=pl.col("earned").last())
    allocated = pl.concat([last, used])
    scheduled = months.group_by("obligation_id").agg(scheduled=pl.col("revenue").sum())
    joined = latest.join(allocated, on="obligation_id", how="left").join(scheduled, on="obligation_id", how="left")
    return joined.with_columns(pl.col("allocated", "scheduled").fill_null(0)).with_columns(
        unscheduled=pl.col("allocated") - pl.col("scheduled")
    )
