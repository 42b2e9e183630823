"""One company in many systems, through the real ingest and the real refresh: each sale once, to the cent.

Each system tells its part in the shape of its vendor. Six in ten sales stand in two systems or more, most of them without
an id in common; the truth is the simulator's, which shares nothing with the rules.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import dagster as dg
import polars as pl
import pytest

from cli.laws.law import Law
from cli.laws.laws import LAWS
from dagster_project.refresh import refresh
from lakehouse.store import Lakehouse
from lakehouse.tables import gold, ops, silver
from pipelines.feeds import Feed
from pipelines.ingest import ingest
from pipelines.simulator.group import simulate_group
from tests.dagster_project.marts import MARTS, OF_DISAGREEMENTS, WITHOUT_ROWS, Mart, truth_of, with_money

pytestmark = pytest.mark.slow


@dataclass(frozen=True)
class Group:
    """A lakehouse after simulate, ingest and refresh, and the truth."""

    lake: Lakehouse
    truth: dict[str, Any]


@pytest.fixture(scope="module")
def group(tmp_path_factory: pytest.TempPathFactory) -> Group:
    folder = tmp_path_factory.mktemp("group")
    made = simulate_group(folder, months=4, customers=40, seed=11, duplicates=0.05, shuffle=True)
    lake = Lakehouse(folder / "lake")
    for system, feed in made.feeds.items():
        done = ingest(lake, [Feed(feed, str(folder / "events" / f"{system}-*.jsonl"))])
        assert (done.quarantined, done.unmapped) == (0, 0), system
    with dg.DagsterInstance.ephemeral() as instance:
        result = refresh(lake.root, as_of=date.fromisoformat(made.truth["as_of"]), instance=instance)
    assert (result.success, result.failed_checks, result.failed_steps) == (True, (), ())
    return Group(lake, made.truth)


def test_the_company_is_what_it_is_said_to_be(group: Group) -> None:
    counts = group.truth["counts"]
    assert counts["sales"] > 200
    assert counts["sales_in_several_systems"] >= 0.6 * counts["sales"]
    assert counts["copies_that_name_no_other"] > 0.5 * (counts["bills"] - counts["sales"])
    documents = group.lake.scan(silver.DOCUMENTS).filter(kind="invoice").select(pl.col("object_id").n_unique())
    assert documents.collect().item() == counts["bills"]


def test_revenue_is_counted_once_to_the_cent(group: Group) -> None:
    rows = group.lake.scan(gold.REVENUE_BY_MONTH).collect()
    ours = {(currency, f"{month:%Y-%m}"): net for currency, month, net in
            rows.select("currency", "accounting_period", "net_revenue").iter_rows()}  # fmt: skip
    assert ours == figures(group, "recognised")


def test_recurring_revenue_counts_each_contract_and_each_customer_once(group: Group) -> None:
    rows = group.lake.scan(gold.MRR_BY_MONTH).select("currency", "month", "closing", "customers").collect()
    by_month = {(currency, f"{month:%Y-%m}"): (mrr, many) for currency, month, mrr, many in rows.iter_rows()}
    assert {key: mrr for key, (mrr, _) in by_month.items()} == {k: v for k, v in figures(group, "mrr").items() if v}
    assert {key: many for key, (_, many) in by_month.items()} == {
        (currency, month): row["paying_customers"]
        for currency, months in group.truth["currencies"].items()
        for month, row in months.items()
        if row["paying_customers"]
    }


def test_money_is_counted_once(group: Group) -> None:
    cash = group.lake.scan(gold.JOURNAL).filter(account="Cash").group_by("currency").agg(pl.col("amount").sum()).collect()
    assert dict(cash.iter_rows()) == {currency: Decimal(amount) for currency, amount in group.truth["cash"].items()}


def test_sales_by_day_and_live_count_no_copy(group: Group) -> None:
    sales = group.truth["counts"]["sales"]
    assert group.lake.scan(gold.SALES_DAILY).select(pl.col("invoice_lines").sum()).collect().item() == sales
    assert group.lake.scan(gold.LIVE_SALES).select(pl.col("sale_lines").sum()).collect().item() == sales


@pytest.mark.parametrize("mart", MARTS, ids=lambda mart: mart.name)
def test_every_mart_with_money_comes_to_the_truth(group: Group, mart: Mart) -> None:
    assert mart.figures(group.lake.scan(mart.table).collect()) == truth_of(group.truth, mart.figure)


def test_no_mart_with_money_is_forgotten(group: Group) -> None:
    told = {mart.table.name for mart in MARTS} | {table.name for table in (*WITHOUT_ROWS, *OF_DISAGREEMENTS)}
    assert told == with_money()
    for table in WITHOUT_ROWS:
        assert group.lake.scan(table).collect().is_empty(), table.name


def test_every_copy_is_found_and_none_is_invented(group: Group) -> None:
    copies = group.lake.scan(gold.SALE_COPIES).collect()
    found = copies.group_by("sale_id").agg(pl.col("object_id").sort()).get_column("object_id").to_list()
    assert sorted(found) == group.truth["groups"]
    assert copies.filter("counts").height == len(found)


def test_every_planted_disagreement_is_found_and_none_is_invented(group: Group) -> None:
    rows = group.lake.scan(gold.RECONCILIATION_EXCEPTIONS).select("kind", "object_id", "other_object_id").collect()
    assert set(rows.iter_rows()) == {tuple(told) for told in group.truth["exceptions"]}


def test_split_and_combined_payments_link_to_their_invoices(group: Group) -> None:
    links = group.lake.scan(gold.TRANSACTION_LINKS).filter(link_kind="derives_from", from_kind="cash").collect()
    found = {tuple(row) for row in links.select("from_object_id", "to_object_id").iter_rows()}
    assert {tuple(pair) for pair in group.truth["settlements"]} <= found
    inferred = links.filter(rule="open_invoices").select("from_object_id", "to_object_id")
    assert {tuple(row) for row in inferred.iter_rows()} <= {tuple(pair) for pair in group.truth["settlements"]}


def test_every_end_of_a_link_is_a_row_of_silver(group: Group) -> None:
    links = group.lake.scan(gold.TRANSACTION_LINKS)
    ends = pl.concat([links.select(row_key=f"{end}_row_key") for end in ("from", "to")]).unique()
    rows = pl.concat([group.lake.scan(table).select("row_key") for table in silver.TABLES])
    assert ends.join(rows, on="row_key", how="anti").collect().is_empty()


def test_nothing_waits_and_no_expectation_of_gold_is_breached(group: Group) -> None:
    assert group.lake.scan(gold.PENDING_FACTS).collect().is_empty()
    judged = group.lake.scan(ops.GATE_RESULTS).filter(pl.col("table_name").str.starts_with("gold.")).collect()
    assert judged.filter(~pl.col("success")).is_empty()


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.name)
def test_every_law_holds(group: Group, law: Law) -> None:
    assert law.check(group.lake).breaches == ()


def figures(group: Group, figure: str) -> dict[tuple[str, str], Decimal]:
    return {
        (currency, month): Decimal(row[figure])
        for currency, months in group.truth["currencies"].items()
        for month, row in months.items()
    }
