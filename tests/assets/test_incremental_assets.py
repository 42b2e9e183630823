"""A run of the assets that follows a change leaves every table as a run in full does, and knows when it cannot."""

from __future__ import annotations

from datetime import date

import dagster as dg
import pytest

from assets.config import RefreshConfig
from assets.cut import current_cut
from assets.gold_asset import stand
from assets.incremental import standing
from assets.live.figures import READS
from assets.live.publish import recount
from lakehouse.store import Lakehouse
from lakehouse.tables import gold
from tests.assets.links.sales import policy
from tests.assets.revenue_facts import Row, invoice, run
from tests.assets.test_gold_assets import GOLD_ASSETS, REFUND, STORY, ingest

AS_OF = "2024-04-30"
OTHER = invoice("test:in_2", "2024-02-01", [("30.00", "2024-02-01", "2024-03-01")], customer_id="test:other")
LINKS = [policy("stripe,test")]


def refreshed(lake: Lakehouse, as_of: str = AS_OF) -> int | None:
    """Contracts that a run which may follow changes computed; None where it computed all."""
    config = RefreshConfig(as_of=as_of, cut=current_cut(lake), incremental=True)
    result = dg.materialize(
        GOLD_ASSETS,
        resources={"lakehouse": lake},
        run_config=dg.RunConfig(
            ops={a.op.name: config for a in GOLD_ASSETS if a.op.config_field and a.op.name != "gold__live_sales"}
        ),
    )
    assert result.success
    return stand(lake, result.run_id, date.fromisoformat(as_of))


def assert_gold_is_of(lake: Lakehouse, rows: list[Row], as_of: str = AS_OF) -> None:
    expected = run(rows, as_of) | {"live_sales": recount(lake, {table: lake.version(table) for table in READS})}
    for table in gold.TABLES:
        if table is not gold.JOURNAL:
            told = expected[table.name].sort(table.key)
            assert lake.scan(table).collect().sort(table.key).equals(told), table.name


def test_only_the_contract_that_a_late_fact_concerns_is_computed(lake: Lakehouse) -> None:
    ingest(lake, [*STORY, *OTHER])
    assert refreshed(lake) is None
    versions = {table.name: lake.version(table) for table in gold.TABLES}
    ingest(lake, [REFUND])
    assert refreshed(lake) == 1
    assert_gold_is_of(lake, [*STORY, *OTHER, REFUND])
    # A refund changes neither the agreement nor what is known of the customer.
    assert [lake.version(t) - versions[t.name] for t in (gold.CUSTOMER_LINKS, gold.OBLIGATIONS)] == [0, 1]


def test_nothing_new_writes_nothing(lake: Lakehouse) -> None:
    ingest(lake, STORY)
    refreshed(lake)
    versions = [lake.version(table) for table in gold.TABLES]
    assert refreshed(lake) == 0
    assert [lake.version(table) for table in gold.TABLES] == versions


def test_a_policy_concerns_every_contract(lake: Lakehouse) -> None:
    ingest(lake, STORY)
    refreshed(lake)
    ingest(lake, LINKS)
    assert refreshed(lake) is None


def test_another_day_concerns_every_contract(lake: Lakehouse) -> None:
    ingest(lake, STORY)
    refreshed(lake)
    assert refreshed(lake, "2024-05-31") is None
    assert_gold_is_of(lake, STORY, "2024-05-31")


def test_other_rules_concern_every_contract(lake: Lakehouse, monkeypatch: pytest.MonkeyPatch) -> None:
    ingest(lake, STORY)
    refreshed(lake)
    monkeypatch.setattr(standing, "rule_version", lambda: "of others")
    assert refreshed(lake) is None
    assert refreshed(lake) == 0


def test_a_table_that_something_else_wrote_is_computed_in_full_with_all_others(lake: Lakehouse) -> None:
    ingest(lake, STORY)
    refreshed(lake)
    lake.replace(gold.OBLIGATIONS, gold.OBLIGATIONS.empty())
    ingest(lake, [REFUND])
    assert refreshed(lake) is None
    assert_gold_is_of(lake, [*STORY, REFUND])
