"""A sale that two systems report is counted once: at once where an id is stated, else from the next refresh on."""

from __future__ import annotations

import random
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import polars as pl
import pytest

from assets.live.lookups import Memory
from assets.live.publish import publish
from lakehouse.maintenance import Policy, maintain
from lakehouse.store import Lakehouse
from lakehouse.tables import gold, silver
from tests.assets.live_recount import counted_by_hand, stored, told
from tests.assets.revenue_facts import Row, cash, fact, invoice

DAY = "2026-02-01T10:00:00"
SYSTEMS = ("stripe", "shopify", "netsuite")


def bill(system: str, number: int, amount: str = "90.00", at: str = DAY, status: str = "open") -> list[Row]:
    return invoice(f"{system}:b{number}", DAY, [(amount, None, None)], at=at, status=status)


def says(
    name: str, of: str, *, kind: str = "document", relation: str = "same_as", at: str = DAY, event: str = "", **row: Any
) -> Row:
    """`name` states the id of another: in an event of its own, or in one that told of it."""
    system, _, reference = of.partition(":")
    stated = {"reference_system": system, "reference_kind": "object_id", "reference": reference}
    event = event or f"{name} says {of} {at}"
    return fact("external_references", name, at, event=event, object_kind=kind, relation=relation, **stated, **row)


def refreshed(lake: Lakehouse, *copies: tuple[str, str, bool]) -> None:
    """What a refresh found: kind, object id and whether it counts."""
    rows = [
        {
            "object_kind": kind,
            "object_id": name,
            "system": name.partition(":")[0],
            "sale_id": f"{kind}|one",
            "counts": counts,
            "counted_system": "stripe",
            "policy": "default",
            "row_key": name,
        }
        for kind, name, counts in copies
    ]
    schema = gold.SALE_COPIES.polars_schema()
    lake.ensure(gold.SALE_COPIES)
    lake.replace(gold.SALE_COPIES, pl.DataFrame(rows, schema=schema))


def precedence(value: str, name: str = "system_precedence") -> Row:
    moment = datetime(2025, 1, 1, tzinfo=UTC)
    said = {"scope": "*", "name": name, "value": value, "adoption": "new_contracts"}
    return fact("policies", f"p {name} {value}", DAY, effective_from=moment, **said)


def sales(lake: Lakehouse) -> Decimal:
    return sum((row[0] for row in stored(lake).values()), Decimal(0))


def refunds(lake: Lakehouse) -> Decimal:
    return sum((row[2] for row in stored(lake).values()), Decimal(0))


def published(lake: Lakehouse, rows: Iterable[Row]) -> Decimal:
    told(lake, list(rows))
    publish(lake)
    assert stored(lake) == counted_by_hand(lake)
    return sales(lake)


@pytest.mark.parametrize("first", SYSTEMS[:2])
def test_a_stated_id_makes_two_one_at_once_in_whichever_order_they_come(lake: Lakehouse, first: str) -> None:
    second = "shopify" if first == "stripe" else "stripe"
    assert published(lake, bill(first, 1, "90.00")) == 90
    assert published(lake, [*bill(second, 1, "91.00"), says("shopify:b1", "stripe:b1")]) == (
        90 if first == "stripe" else 91
    )


def test_a_reference_may_come_before_whom_it_names_and_be_taken_back(lake: Lakehouse) -> None:
    assert published(lake, [*bill("netsuite", 1), says("netsuite:b1", "shopify:b1", relation="derives_from")]) == 90
    assert published(lake, bill("shopify", 1)) == 90
    gone = says("netsuite:b1", "shopify:b1", relation="derives_from", at="2026-02-02", operation="retract")
    assert published(lake, [gone]) == 180


def test_a_reference_that_its_bearer_replaced_is_no_longer_followed(lake: Lakehouse) -> None:
    for number in (1, 2):
        published(lake, bill("stripe", number))
    both = [*bill("shopify", 1), says("shopify:b1", "stripe:b1", event=f"shopify:b1@{DAY}")]
    assert published(lake, both) == 180
    later = "2026-02-03"
    moved = [
        *bill("shopify", 1, at=later, status="paid"),
        says("shopify:b1", "stripe:b9", at=later, event=f"shopify:b1@{later}"),
    ]
    assert published(lake, moved) == 270


def test_what_is_told_of_the_counted_one_decides_of_its_copies(lake: Lakehouse) -> None:
    assert published(lake, [*bill("stripe", 1), *bill("netsuite", 1), says("netsuite:b1", "stripe:b1")]) == 90
    draft = bill("stripe", 1, at="2026-02-02", status="draft")
    assert published(lake, draft) == 90  # of the ERP now: a draft is nothing yet
    assert published(lake, bill("stripe", 1, at="2026-02-03", status="void")) == 0  # as in the books: the void bill counts


def test_a_number_of_a_record_without_its_family_is_its_id(lake: Lakehouse) -> None:
    of_erp = invoice("netsuite:transaction/1", DAY, [("90.00", None, None)])
    assert published(lake, [*bill("stripe", 1), says("stripe:b1", "netsuite:1")]) == 90
    told(lake, of_erp)
    for memory in (None, Memory()):
        publish(lake, memory)
        assert sales(lake) == 90


def test_two_bills_of_one_system_are_two(lake: Lakehouse) -> None:
    assert published(lake, [*bill("stripe", 1), *bill("stripe", 2), says("stripe:b1", "stripe:b2")]) == 180


def test_a_refund_told_twice_is_given_back_once(lake: Lakehouse) -> None:
    one, two = (cash("refund", f"{system}:r1", DAY, "7.00") for system in ("shopify", "stripe"))
    told(lake, [one, two, says("shopify:r1", "stripe:r1", kind="cash")])
    publish(lake)
    assert refunds(lake) == 7
    told(
        lake,
        [cash("refund", "shopify:r2", DAY, "5.00"), says("shopify:r2", "stripe:r1", kind="cash", relation="derives_from")],
    )
    publish(lake)
    assert refunds(lake) == 12
    assert stored(lake) == counted_by_hand(lake)


def test_what_a_refresh_found_counts_from_the_next_publication(lake: Lakehouse) -> None:
    assert published(lake, [*bill("stripe", 1), *bill("netsuite", 1)]) == 180
    refreshed(lake, ("document", "stripe:b1", True), ("document", "netsuite:b1", False))
    told_of = publish(lake)
    assert not told_of.recounted
    assert told_of.changed.select("sales", "sale_lines").rows() == [(90, 1)]
    assert stored(lake) == counted_by_hand(lake)
    refreshed(lake)
    publish(lake)
    assert sales(lake) == 180


def test_a_refresh_of_which_the_last_version_is_gone_is_no_obstacle(lake: Lakehouse) -> None:
    published(lake, [*bill("stripe", 1), *bill("netsuite", 1)])
    refreshed(lake, ("document", "netsuite:b1", False))
    publish(lake)
    refreshed(lake, ("document", "stripe:b1", False))
    refreshed(lake)
    handle = lake.open(gold.SALE_COPIES)
    handle.vacuum(retention_hours=0, dry_run=False, enforce_retention_duration=False)
    assert publish(lake).recounted
    assert stored(lake) == counted_by_hand(lake)


def test_the_policy_of_precedence_decides_and_a_new_one_counts_anew(lake: Lakehouse) -> None:
    pair = [*bill("stripe", 1, "90.00"), *bill("shopify", 1, "91.00"), says("shopify:b1", "stripe:b1")]
    assert published(lake, pair) == 90
    assert published(lake, [precedence("shopify,stripe,netsuite")]) == 91
    assert published(lake, [precedence("stripe,shopify,netsuite", "system_precedence_document")]) == 90
    assert published(lake, [*bill("stripe", 2), *bill("netsuite", 2), says("stripe:b2", "netsuite:b2")]) == 180


def story(dice: random.Random, sales_made: int) -> list[Row]:
    """Sales in one system, two or three, whose copies name each other in chains, change their minds and are taken back."""
    rows: list[Row] = []
    for number in range(sales_made):
        names = [f"{system}:b{number}" for system in dice.sample(SYSTEMS, dice.randrange(1, 4))]
        for name in names:
            for n, status in enumerate(dice.sample(["draft", "open", "paid", "void"], dice.randrange(1, 3))):
                at = (datetime(2026, 2, 1, 10, tzinfo=UTC) + timedelta(minutes=dice.randrange(5), days=n)).isoformat()[:19]
                amount = f"{dice.randrange(1, 99)}.00"
                rows += invoice(
                    name, at, [(amount, None, None)], at=at, status=status, products=[dice.choice([None, "test:a"])]
                )
                if dice.random() < 0.6:
                    other = dice.choice([*names, f"{dice.choice(SYSTEMS)}:b{dice.randrange(sales_made)}"])
                    relation = dice.choice(["same_as", "derives_from", "names"])
                    event = f"{name}@{at}" if dice.random() < 0.5 else ""
                    rows.append(says(name, other, relation=relation, at=at, event=event))
            if dice.random() < 0.4:
                back = name.replace(":b", ":r")
                rows.append(cash("refund", back, DAY, "3.00", status=dice.choice(["succeeded", "succeeded", "failed"])))
                rows.append(says(back, dice.choice(names).replace(":b", ":r"), kind="cash"))
    return list({row[1]["row_key"]: row for row in rows}.values())


@pytest.mark.parametrize("seed", range(4))
def test_it_equals_a_recount_after_every_batch_and_every_refresh(lake: Lakehouse, seed: int) -> None:
    dice = random.Random(seed)
    rows = story(dice, 40)
    documents = sorted({row["object_id"] for table, row in rows if table == "documents"})
    memory = Memory() if seed % 2 else None
    rows = dice.sample([*rows, precedence("netsuite,shopify,stripe", "system_precedence_cash")], len(rows) + 1)
    anew = 0
    while rows:
        size = dice.randrange(1, 60)
        told(lake, rows[:size])
        rows = rows[size:]
        if dice.random() < 0.4:
            found = dice.sample(documents, dice.randrange(9))
            refreshed(lake, *(("document", name, dice.random() < 0.3) for name in found))
        if dice.random() < 0.2 and lake.exists(silver.DOCUMENTS):
            maintain(lake, silver.DOCUMENTS, Policy(min_files=2))
        anew += publish(lake, memory).recounted
        assert stored(lake) == counted_by_hand(lake)
    assert anew <= len(silver.TABLES), "only a table that appears and a new precedence are counted from the beginning"
