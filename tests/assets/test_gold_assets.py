"""The Dagster assets: what they read and write through the lakehouse."""

from __future__ import annotations

from importlib import import_module

import dagster as dg

from assets.config import RefreshConfig
from assets.cut import current_cut
from assets.live.figures import READS
from assets.live.publish import recount
from lakehouse.store import Lakehouse
from lakehouse.tables import gold, silver
from tests.assets.revenue_facts import Row, cash, fact, frames, invoice, run

DOMAINS = (
    *("allocation", "contract_costs", "contracts", "credits", "facts", "ledger", "links", "metrics", "modifications"),
    *("progress", "recognition", "reports", "sales"),
)
GOLD_ASSETS = [
    asset
    for asset in dg.load_assets_from_modules([import_module(f"assets.{domain}.assets") for domain in DOMAINS])
    if isinstance(asset, dg.AssetsDefinition)
]
TABLES = {table.name: table for table in silver.TABLES}


def ingest(lake: Lakehouse, rows: list[Row]) -> None:
    for name, frame in frames(rows).items():
        lake.append(TABLES[name], frame)


def refresh(lake: Lakehouse, as_of: str) -> dg.ExecuteInProcessResult:
    config = RefreshConfig(as_of=as_of, cut=current_cut(lake))
    return dg.materialize(
        GOLD_ASSETS,
        resources={"lakehouse": lake},
        run_config=dg.RunConfig(ops={asset.op.name: config for asset in GOLD_ASSETS}),
    )


STORY = [
    fact("contracts", "test:sub", "2024-01-01", customer_id="test:cus", status="active", currency="USD"),
    *invoice("test:in_1", "2024-01-01", [("90.00", "2024-01-01", "2024-04-01")], contract_id="test:sub"),
    cash("payment", "test:ch_1", "2024-01-02", "90.00", document_id="test:in_1"),
]
REFUND = cash("refund", "test:re_1", "2024-02-01", "9.00", payment_id="test:ch_1")


def test_every_gold_table_is_what_the_rules_say(lake: Lakehouse) -> None:
    ingest(lake, STORY)
    assert refresh(lake, "2024-04-30").success
    live = recount(lake, {table: lake.version(table) for table in READS})
    expected = run(STORY, "2024-04-30") | {"live_sales": live}
    for table in gold.TABLES:
        stored = lake.scan(table).collect().drop("booked_at", strict=False)
        told = expected[table.name].drop("booked_at", strict=False)
        assert stored.sort(table.key).equals(told.sort(table.key)), table.name


def test_a_second_refresh_appends_nothing(lake: Lakehouse) -> None:
    ingest(lake, STORY)
    refresh(lake, "2024-04-30")
    version = lake.version(gold.JOURNAL)
    refresh(lake, "2024-04-30")
    assert lake.version(gold.JOURNAL) == version


def test_a_late_fact_appends_only_the_difference(lake: Lakehouse) -> None:
    ingest(lake, STORY)
    refresh(lake, "2024-04-30")
    before = lake.scan(gold.JOURNAL).collect().height
    ingest(lake, [REFUND])
    result = refresh(lake, "2024-04-30")
    [made] = result.asset_materializations_for_node("gold__journal")
    # refund: contra, deferred, cash; February and March: deferred and revenue at 90 % (25.20 - 28 and 27.90 - 31)
    assert made.metadata["lines_appended"].value == 3 + 4
    assert lake.scan(gold.JOURNAL).collect().height == before + 7


def test_a_materialisation_reports_control_totals_by_currency(lake: Lakehouse) -> None:
    ingest(lake, [*STORY, REFUND])
    result = refresh(lake, "2024-04-30")
    [made] = result.asset_materializations_for_node("gold__obligations")
    assert made.metadata["dagster/row_count"].value == 1
    assert made.metadata["control_totals"].value == {"USD": {"allocated_amount": "90.0000", "returned_amount": "9.0000"}}
