"""gold.live_sales is a recount of silver at every moment, however the facts come."""

from __future__ import annotations

import random
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import polars as pl
import pytest

from assets.live.lookups import Memory
from assets.live.publish import counted_to, publish, recount
from lakehouse.maintenance import Policy, maintain
from lakehouse.store import Lakehouse
from lakehouse.tables import gold, silver
from tests.assets.live_recount import counted_by_hand, stored, told
from tests.assets.revenue_facts import Row, cash, fact, invoice

START = datetime(2026, 1, 31, 23, 58, tzinfo=UTC)


def story(dice: random.Random, objects: int) -> list[Row]:
    """Invoices that are drafted, issued, changed, paid, voided and deleted; refunds that fail; usage that is corrected."""
    rows: list[Row] = []
    for number in range(objects):
        at = [(START + timedelta(seconds=dice.randrange(600) + 60 * n)).isoformat()[:19] for n in range(4)]
        products = [dice.choice([None, "test:a", "test:b"]) for _ in range(dice.randrange(1, 4))]
        lines = [(f"{dice.randrange(-500, 9999)}.00", None, None) for _ in products]
        name, currency = f"test:in_{number}", dice.choice(["USD", "EUR", "JPY"])
        base = {"currency": currency, "products": products}
        for n, status in enumerate(dice.sample(["draft", "open", "paid", "void", "uncollectible"], dice.randrange(1, 4))):
            rows += invoice(name, at[0], lines, at=at[n], status=status, **base)
        if dice.random() < 0.1:
            rows.append(fact("documents", name, at[3], event=f"gone-{number}", operation="retract", **head(currency)))
        if dice.random() < 0.3:  # told line by line, each in an event of its own
            alone = {"document_id": f"test:n_{number}", "line_number": 1, "currency": currency}
            rows.append(fact("documents", f"test:n_{number}", at[0], event=f"h{number}", issued_at=at[0], **head(currency)))
            for n in range(2):
                amount = Decimal(dice.randrange(100))
                rows.append(
                    fact("document_lines", f"test:n_{number}:1", at[n], event=f"l{number}{n}", amount=amount, **alone)
                )
        for n, status in enumerate(dice.sample(["pending", "succeeded", "failed"], dice.randrange(1, 3))):
            rows.append(cash("refund", f"test:re_{number}", at[n], "7.00", status=status, currency=currency))
        rows.append(cash("payment", f"test:ch_{number}", at[0], "100.00"))
        for n in range(3):
            operation = dice.choice(["assert", "assert", "assert", "retract"])
            usage = {"meter": dice.choice(["calls", "seats"]), "quantity": Decimal(dice.randrange(-3, 50)) / 4}
            used = {
                "operation": operation,
                "currency": dice.choice([None, "USD"]),
                "product_id": dice.choice([None, "test:a"]),
            }
            rows.append(fact("usage", f"test:u_{number}_{n}", at[n], event=f"u{number}.{n}", **usage, **used))
    return rows


def head(currency: str) -> dict[str, Any]:
    return {"kind": "invoice", "status": "open", "currency": currency, "total": Decimal(0)}


def batches(dice: random.Random, rows: list[Row]) -> Iterator[list[Row]]:
    """All rows in any order, in batches of any size, some of them twice."""
    shuffled = dice.sample(rows, len(rows)) + dice.sample(rows, len(rows) // 10)
    while shuffled:
        size = dice.randrange(1, 120)
        yield shuffled[:size]
        shuffled = shuffled[size:]


@pytest.mark.parametrize("seed", range(4))
def test_it_equals_a_recount_after_every_batch(lake: Lakehouse, seed: int) -> None:
    dice = random.Random(seed)
    anew, memory = 0, Memory() if seed % 2 else None
    for batch in batches(dice, story(dice, 60)):
        told(lake, batch)
        anew += publish(lake, memory).recounted
        assert stored(lake) == counted_by_hand(lake)
    assert anew <= len(silver.TABLES), "only a table that appears is counted from its beginning"
    assert len(stored(lake)) > 50


def test_what_changed_is_told_with_its_figures(lake: Lakehouse) -> None:
    told(
        lake,
        [
            *invoice("test:in_1", "2026-01-01T10:00:30", [("90.00", None, None)]),
            cash("refund", "test:re", "2026-01-01", "1.00"),
        ],
    )
    publish(lake)
    told(lake, invoice("test:in_2", "2026-01-01T10:00:59", [("10.00", None, None)]))
    assert publish(lake).changed.select("minute", "sales", "sale_lines").rows() == [
        (datetime(2026, 1, 1, 10, 0, tzinfo=UTC), Decimal(100), 2)
    ]
    told(lake, invoice("test:in_2", "2026-01-01T10:00:59", [("10.00", None, None)], at="2026-01-02", status="void"))
    told(lake, invoice("test:in_1", "2026-01-01T10:00:30", [("90.00", None, None)], at="2026-01-02", status="void"))
    assert publish(lake).changed.select("sales", "sale_lines").rows() == [(0, 0)]
    assert [row[2] for row in stored(lake).values()] == [Decimal(1)]


def test_nothing_new_writes_nothing(lake: Lakehouse) -> None:
    told(lake, story(random.Random(1), 3))
    publish(lake)
    version = lake.version(gold.LIVE_SALES)
    assert publish(lake).version is None
    assert lake.version(gold.LIVE_SALES) == version


def test_facts_that_change_no_figure_are_not_looked_at_again(lake: Lakehouse) -> None:
    told(lake, invoice("test:in_1", "2026-01-01", [("90.00", None, None)]))
    publish(lake)
    told(lake, invoice("test:in_2", "2026-01-01", [("90.00", None, None)], status="draft"))
    assert publish(lake).changed.is_empty()
    assert publish(lake).version is None


def test_a_rewritten_table_is_counted_anew(lake: Lakehouse) -> None:
    told(lake, story(random.Random(2), 20))
    publish(lake)
    kept = lake.scan(silver.CASH).collect().filter(pl.col("object_id") < "test:re_15")
    lake.replace(silver.CASH, kept)
    assert publish(lake).recounted
    assert stored(lake) == counted_by_hand(lake)


def test_compaction_changes_nothing(lake: Lakehouse) -> None:
    rows = story(random.Random(3), 30)
    told(lake, rows[:200])
    publish(lake)
    for start in range(200, len(rows), 5):
        told(lake, rows[start : start + 5])
    for table in silver.TABLES:
        if lake.exists(table):
            maintain(lake, table, Policy(min_files=2))
    assert not publish(lake).recounted
    maintain(lake, gold.LIVE_SALES, Policy(min_files=2))
    assert publish(lake).version is None
    assert stored(lake) == counted_by_hand(lake)


def test_several_at_once_count_once(lake: Lakehouse) -> None:
    dice = random.Random(4)
    told(lake, story(dice, 5))
    publish(lake)
    for batch in batches(dice, story(random.Random(5), 40)):
        told(lake, batch)
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(lambda _: publish(Lakehouse(lake.root)), range(4)))
        assert stored(lake) == counted_by_hand(lake)


def test_a_recount_at_the_versions_counted_is_what_stands_there(lake: Lakehouse) -> None:
    told(lake, story(random.Random(6), 30))
    publish(lake)
    told(lake, story(random.Random(7), 40))
    again = recount(lake, counted_to(lake.open(gold.LIVE_SALES)))
    assert again.sort(gold.LIVE_SALES.key).equals(lake.scan(gold.LIVE_SALES).collect().sort(gold.LIVE_SALES.key))
