"""`Recognise` on a runner posts what one process posts: the same lines, ids and amounts, however many shards there are."""

from __future__ import annotations

import random
import tempfile
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import apache_beam as beam
import polars as pl
import pytest
from apache_beam.runners.portability.fn_api_runner import FnApiRunner
from polars.testing import assert_frame_equal

from assets.cut import INPUTS
from assets.pipeline import new_journal_lines, observe_and_recognise
from lakehouse.store import Lakehouse
from lakehouse.tables import gold, ops
from pipelines.feeds import Feed
from pipelines.ingest import ingest
from pipelines.recognise import Recognise
from pipelines.simulator import simulate
from pipelines.simulator.group import simulate_group
from pipelines.transforms.read_tables import ReadTables
from pipelines.transforms.write_to_delta import COMMITTED, WriteToDelta
from tests.assets.revenue_facts import BOOKED_AT, frames, period_log, posted
from tests.assets.sharded import in_one, rules
from tests.assets.test_shards import contracts_of_every_kind
from tests.vectors.contract_facts import used

Tables = Mapping[str, pl.DataFrame]


@dataclass(frozen=True)
class Company:
    """What was ingested, and the day as of which its books are computed."""

    lake: Lakehouse
    as_of: str

    @property
    def facts(self) -> dict[str, pl.DataFrame]:
        return {table.name: self.lake.scan(table).collect() for table in INPUTS}


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Company:
    """Subscriptions, orders, refunds and disputes of half a year, as one billing system tells them, out of order."""
    folder = tmp_path_factory.mktemp("company")
    made = simulate(folder, months=6, customers=30, seed=5, duplicates=0.05, shuffle=True)
    lake = Lakehouse(folder / "lake")
    ingest(lake, [Feed("stripe", str(folder / "events" / "*.jsonl"))])
    return Company(lake, made.truth["as_of"])


@pytest.fixture(scope="module")
def group(tmp_path_factory: pytest.TempPathFactory) -> Company:
    """A company whose sales stand in several systems, most of them without an id in common."""
    folder = tmp_path_factory.mktemp("group")
    made = simulate_group(folder, months=3, customers=15, seed=11, duplicates=0.05, shuffle=True)
    lake = Lakehouse(folder / "lake")
    ingest(lake, [Feed(feed, str(folder / "events" / f"{system}-*.jsonl")) for system, feed in made.feeds.items()])
    return Company(lake, made.truth["as_of"])


class _Keep(beam.DoFn):  # type: ignore[misc]
    def __init__(self, folder: str) -> None:
        self._folder = folder

    def process(self, lines: pl.DataFrame) -> None:
        lines.write_parquet(Path(self._folder) / f"{uuid.uuid4()}.parquet")


def on_a_runner(tables: Tables, as_of: str, shards: int) -> pl.DataFrame:
    """The lines of a pipeline over the tables, each cut into three blocks, in any order."""
    blocks = [(name, rows[n::3]) for name, rows in tables.items() for n in range(3)]
    random.Random(shards).shuffle(blocks)
    with tempfile.TemporaryDirectory() as folder:
        with beam.Pipeline(runner=FnApiRunner()) as pipeline:
            lines = pipeline | beam.Create(blocks) | Recognise(rules(as_of), shards)
            _ = lines | beam.ParDo(_Keep(folder))
        found = [pl.read_parquet(path) for path in Path(folder).iterdir()]
    return pl.concat([gold.JOURNAL.empty(), *found]).sort("line_id")


@pytest.mark.parametrize("shards", [1, 3, 8])
def test_a_company_in_shards(company: Company, shards: int) -> None:
    whole = in_one(company.facts, company.as_of)
    assert whole.height > 500
    assert_frame_equal(on_a_runner(company.facts, company.as_of, shards), whole)


@pytest.mark.parametrize("shards", [1, 3, 8])
def test_a_held_journal_and_closed_periods(company: Company, shards: int) -> None:
    closed = date.fromisoformat(company.as_of).replace(day=1)
    log = period_log(*(("close", f"{closed.year}-{month:02}") for month in range(1, closed.month)))
    some = {name: rows[::2] if name == "cash" else rows for name, rows in company.facts.items()}
    computed = observe_and_recognise(some, closed)
    held = new_journal_lines(computed, ops.PERIOD_LOG.empty(), gold.JOURNAL.empty(), BOOKED_AT)
    tables = company.facts | {"journal": held, "period_log": log}
    whole = in_one(tables, company.as_of)
    assert whole.get_column("is_correction").any()
    assert_frame_equal(on_a_runner(tables, company.as_of, shards), whole)


def test_sales_of_several_systems_count_once(group: Company) -> None:
    computed = observe_and_recognise(group.facts, date.fromisoformat(group.as_of))
    assert not computed.observed.links.copies.get_column("counts").all()
    assert_frame_equal(on_a_runner(group.facts, group.as_of, 3), in_one(group.facts, group.as_of))


@pytest.mark.parametrize("shards", [1, 3, 8])
def test_contracts_with_obligations_groups_and_modifications(shards: int) -> None:
    rows = contracts_of_every_kind()
    held = posted(rows, "2021-04-30")
    late = used("late", "3:calls", "2021-02-20", 700)
    log = period_log(("close", "2021-01"), ("close", "2021-02"), ("close", "2021-03"))
    tables = frames([*rows, late]) | {"journal": held, "period_log": log}
    assert_frame_equal(on_a_runner(tables, "2022-06-30", shards), in_one(tables, "2022-06-30"))


def test_from_silver_to_gold_and_a_second_run_adds_nothing(company: Company) -> None:
    lake, of = company.lake, rules(company.as_of)

    def run() -> int:
        with tempfile.TemporaryDirectory() as folder:
            with beam.Pipeline(runner=FnApiRunner()) as pipeline:
                lines = pipeline | ReadTables(lake, of.reads) | Recognise(of, shards=4)
                _ = (lines | WriteToDelta(lake, gold.JOURNAL))[COMMITTED] | beam.ParDo(_Keep(folder))
            return sum(pl.read_parquet(path).height for path in Path(folder).iterdir())

    whole = in_one(company.facts, company.as_of)
    assert run() == whole.height
    assert_frame_equal(lake.scan(gold.JOURNAL).collect().sort("line_id"), whole)
    assert run() == 0


def test_nothing_gives_nothing() -> None:
    assert on_a_runner({}, "2024-01-31", 3).is_empty()


def test_a_day_within_closed_periods_is_refused() -> None:
    log = period_log(("close", "2024-01"))
    with pytest.raises(Exception, match="are closed"):
        on_a_runner({"period_log": log}, "2024-01-15", 2)
