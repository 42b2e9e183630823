"""Laws 3 to 6 on the basis `contract`, over random contracts that are modified, estimated anew, refunded, closed, reopened.

A few cases by default. `RTR_EXAMPLES=2000 pytest --timeout=0 tests/assets/test_contract_properties.py` runs as many of each
law, for hours; `test_laws_over_many_cases` judges as many contracts in minutes.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import polars as pl
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lakehouse.tables import gold
from tests.assets.contract_stories import TERMS, deals
from tests.assets.revenue_facts import Row, period_log, posted, run
from tests.conftest import MANY_EXAMPLES

BALANCE = (
    *("book", "legal_entity_id", "contract_id", "obligation_id", "account", "currency"),
    *("service_period", "accounting_period"),
)
CLOSED_ON, AS_OF, THE_END = "2024-05-31", "2024-10-31", "2029-12-31"
MONTHS = ("2024-01", "2024-02", "2024-03", "2024-04")
CLOSES = [("close", month) for month in MONTHS]
REOPENED = [*CLOSES, *(("reopen", month) for month in reversed(MONTHS))]
OPEN_FROM = date(2024, 5, 1)
# Each example refreshes a whole company several times: few examples, each with many contracts.
checks = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example]
slowly = settings(max_examples=MANY_EXAMPLES or 3, suppress_health_check=checks)


def of_all(company: list[list[Row]]) -> list[Row]:
    return [*TERMS, *(row for deal in company for row in deal)]


def events_of(company: list[list[Row]]) -> list[list[Row]]:
    """Facts by event: the rows of one event arrive together."""
    events: dict[str, list[Row]] = {}
    for table, row in of_all(company):
        events.setdefault(row["source_event_id"], []).append((table, row))
    return list(events.values())


def arriving(events: list[list[Row]], seed: int) -> Iterator[list[Row]]:
    """The events shuffled, some repeated, in two batches: what is known after each."""
    chance = random.Random(seed)
    mixed = [*events, *chance.choices(events, k=len(events) // 3)]
    chance.shuffle(mixed)
    for cut in (chance.randint(1, len(mixed)), len(mixed)):
        yield [row for event in mixed[:cut] for row in event]


def balances(journal: pl.DataFrame, by: tuple[str, ...] = BALANCE) -> pl.DataFrame:
    return journal.group_by(by).agg(pl.col("amount").sum()).filter(pl.col("amount") != 0).sort(by)


def assert_same(one: dict[str, pl.DataFrame], other: dict[str, pl.DataFrame]) -> None:
    assert balances(one["journal"]).equals(balances(other["journal"]))
    for table in one.keys() - {"journal", "added"}:
        columns = one[table].columns
        assert one[table].sort(columns).equals(other[table].sort(columns)), table


def closed_lines(journal: pl.DataFrame) -> pl.DataFrame:
    return journal.filter(pl.col("accounting_period") < OPEN_FROM).sort("line_id")


@given(company=deals(), seed=st.integers(0, 10**6))
@slowly
def test_law_3_order_batching_and_repetition_do_not_show(company: list[list[Row]], seed: int) -> None:
    held = gold.JOURNAL.empty()
    early, last = arriving(events_of(company), seed)
    held = posted(early, AS_OF, held)
    assert_same(run(last, AS_OF, held=held), run(of_all(company), AS_OF))


@given(company=deals(), seeds=st.tuples(st.integers(0, 10**6), st.integers(0, 10**6)))
@slowly
def test_laws_3_and_5_under_the_same_closes(company: list[list[Row]], seeds: tuple[int, int]) -> None:
    """What the closes saw is given, every second event is late; before and after, order and batching are free."""
    events = events_of(company)
    known = events[::2]
    seen = [row for event in known for row in event]

    def books(seed: int) -> dict[str, pl.DataFrame]:
        held = gold.JOURNAL.empty()
        for arrived in arriving(known, seed):
            held = posted(arrived, CLOSED_ON, held)
        frozen = closed_lines(held)
        some, everything = arriving(events, seed + 1)
        held = posted([*seen, *some], AS_OF, held, period_log(*CLOSES))
        done = run(everything, AS_OF, held=held, log=period_log(*CLOSES))
        assert closed_lines(done["journal"]).equals(frozen)
        return done

    assert_same(books(seeds[0]), books(seeds[1]))


@given(company=deals())
@slowly
def test_law_5_a_close_moves_the_posting_and_never_the_service(company: list[list[Row]]) -> None:
    """By period of service nothing depends on closes; and once all are reopened, nothing depends on them at all."""
    rows = of_all(company)
    seen = [row for event in events_of(company)[::2] for row in event]
    never = posted(rows, AS_OF)
    closed = posted(rows, AS_OF, posted(seen, CLOSED_ON), period_log(*CLOSES))
    served = BALANCE[:-1]
    assert balances(closed, served).equals(balances(never, served))
    assert balances(posted(rows, AS_OF, closed, period_log(*REOPENED))).equals(balances(never))


@given(company=deals())
@slowly
def test_law_4_money_is_conserved(company: list[list[Row]]) -> None:
    books = run(of_all(company), THE_END)
    journal, obligations = books["journal"], books["obligations"]
    entries = journal.group_by("entry_id", "currency").agg(pl.col("amount", "functional_amount").sum())
    assert entries.filter(pl.any_horizontal(pl.col("amount", "functional_amount") != 0)).is_empty()
    by_contract = obligations.group_by("contract_id").agg(allocated=pl.col("allocated_amount").sum())
    prices = books["contracts"].join(by_contract, on="contract_id")
    assert prices.filter(pl.col("allocated") != pl.col("transaction_price")).is_empty()
    spread = books["recognition_schedule"].group_by("obligation_id").agg(spread=pl.col("amount").sum())
    held_back = {row["scope"] for deal in company for table, row in deal if row.get("decision") == "collectability"}
    over_time = obligations.filter(
        pl.col("recognition_method").str.starts_with("straight_line"), ~pl.col("contract_id").is_in(list(held_back))
    )
    whole = over_time.join(spread, on="obligation_id", how="left").with_columns(pl.col("spread").fill_null(0))
    assert whole.filter(pl.col("spread") != pl.col("allocated_amount")).is_empty()
    assert -journal.filter(account="Revenue")["amount"].sum() == books["recognition_schedule"]["amount"].sum()


@given(company=deals())
@slowly
def test_law_4_a_contract_is_an_asset_or_a_liability_and_never_both(company: list[list[Row]]) -> None:
    """At the end of every month, and worth what is billed and kept less what is earned and what is expected back."""
    journal = run(of_all(company), AS_OF)["journal"].filter(pl.col("contract_id") != "")
    months = pl.DataFrame({"month": pl.date_range(date(2024, 1, 1), date(2024, 10, 1), "1mo", eager=True)})
    moved = journal.group_by("contract_id", "accounting_period").agg(
        asset=pl.col("amount").filter(pl.col("account").is_in(["ContractAsset", "UnbilledAccountsReceivable"])).sum(),
        liability=-pl.col("amount").filter(account="ContractLiability").sum(),
    )
    grid = journal.select("contract_id").unique().join(months, how="cross")
    at_end = (
        grid.join(moved, left_on=["contract_id", "month"], right_on=["contract_id", "accounting_period"], how="left")
        .sort("contract_id", "month")
        .with_columns(pl.col("asset", "liability").fill_null(Decimal(0)).cum_sum().over("contract_id"))
    )
    assert at_end.filter((pl.col("asset") != 0) & (pl.col("liability") != 0)).is_empty()
    assert at_end.filter(pl.any_horizontal(pl.col("asset", "liability") < 0)).is_empty()


@given(company=deals())
@slowly
def test_law_6_every_number_leads_back_to_what_was_told(company: list[list[Row]]) -> None:
    """An entry names the object that it is about, and an obligation its row and its policy; what moved money is posted."""
    rows = of_all(company)
    books = run(rows, AS_OF)
    told = {row["object_id"] for _, row in rows}
    assert set(books["journal"]["event_id"]) <= told
    assert set(books["obligations"]["source_row_key"]) <= {row["row_key"] for _, row in rows}
    assert books["obligations"].filter(pl.col("policy").is_null()).is_empty()
    moved = {row["object_id"] for table, row in rows if table == "cash" or row.get("kind") == "invoice"}
    due = {row["object_id"] for _, row in rows if f"{row['effective_at']:%Y-%m-%d}" <= AS_OF}
    waiting = set(books["pending_facts"]["object_id"])
    assert (moved & due) - waiting <= set(books["journal"]["event_id"])
