"""One simulation of the company of many systems, from the first sale to the files on disk."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import chain
from pathlib import Path
from random import Random
from typing import Any

from pipelines.simulator.envelope import encode
from pipelines.simulator.group.buyers import draw_buyer
from pipelines.simulator.group.calendar_days import month_later
from pipelines.simulator.group.ids import Ids
from pipelines.simulator.group.model import BOOKS, ERP, World
from pipelines.simulator.group.plants import plant
from pipelines.simulator.group.sales import Sales
from pipelines.simulator.group.shape import Record, Shape
from pipelines.simulator.group.truth import build_truth
from pipelines.simulator.group.vendors import vendor_shapes

SUBSCRIBES, BUYS_A_MONTH = 0.4, (0, 0, 1, 1, 2, 3)
LAST_DAY_TO_BUY = 26
"""Sales fall on the days up to this one, so that what is told some days later is told within the months simulated."""


@dataclass(frozen=True)
class GroupResult:
    """What was written: files by system for `rtr ingest`, the truth beside them, its content, and the number of lines."""

    files: dict[str, tuple[Path, ...]]
    feeds: dict[str, str]
    truth_path: Path
    truth: dict[str, Any]
    lines: int


def simulate_group(
    out: Path,
    *,
    months: int = 6,
    customers: int = 100,
    seed: int = 7,
    start: date = date(2025, 1, 1),
    duplicates: float = 0.0,
    shuffle: bool = False,
) -> GroupResult:
    """Write what every system of the company tells, and the truth about it.

    Files: `out/events/<system>-YYYY-MM.jsonl`, one record a line; `out/truth.json`. `duplicates` is the share of lines that
    are told twice. Equal parameters give equal bytes. Raises ValueError for a parameter out of range.
    """
    if months < 1 or customers < 1 or start.day != 1 or not 0 <= duplicates <= 1:
        raise ValueError("months and customers are at least 1, start is the first of a month, duplicates a share")
    world = live(months, customers, seed, start)
    starts = [month_later(start, index) for index in range(months + 1)]
    ends = [first - timedelta(days=1) for first in starts[1:]]
    shapes = vendor_shapes()
    folder = Path(out) / "events"
    folder.mkdir(parents=True, exist_ok=True)
    chance, count = Random(f"{seed}/disorder"), 0
    files: dict[str, tuple[Path, ...]] = {}
    for system, shape in shapes.items():
        for stale in folder.glob(f"{system}-????-??.jsonl"):
            stale.unlink()
        by_month: dict[str, list[bytes]] = defaultdict(list)
        for day, record in told_by(shape, system, world, start, ends):
            line = encode(record).encode()
            by_month[f"{min(day, ends[-1]):%Y-%m}"] += [line] * (2 if chance.random() < duplicates else 1)
        for lines in by_month.values() if shuffle else ():
            chance.shuffle(lines)
        files[system] = tuple(_written(folder / f"{system}-{month}.jsonl", by_month[month]) for month in sorted(by_month))
        count += sum(len(lines) for lines in by_month.values())
    truth = {
        "parameters": {"months": months, "customers": customers, "seed": seed, "start": start.isoformat()},
        "feeds": {system: shape.feed for system, shape in shapes.items()},
        **build_truth(world, [f"{first:%Y-%m}" for first in starts[:-1]], ends),
    }
    truth_path = Path(out) / "truth.json"
    truth_path.write_text(json.dumps(truth, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    return GroupResult(files, truth["feeds"], truth_path, truth, count)


def live(months: int, customers: int, seed: int, start: date) -> World:
    """Everything that happens in those months."""
    random, new_id = Random(seed), Ids()
    world = World([draw_buyer(random, number, new_id) for number in range(customers)])
    sales = Sales(world, random, new_id)
    regular = list(world.buyers)
    plant(sales, start)
    for month in range(months):
        first = month_later(start, month)
        for subscription in list(world.subscriptions):
            sales.month_of(
                subscription, month_later(subscription.start, month - _months_between(start, subscription.start))
            )
        for buyer in regular:
            for _ in range(random.choice(BUYS_A_MONTH)):
                sales.single(buyer, first + timedelta(days=random.randrange(LAST_DAY_TO_BUY)))
            if month == buyer.number % months and random.random() < SUBSCRIBES:
                day = first + timedelta(days=random.randrange(LAST_DAY_TO_BUY))
                sales.month_of(sales.subscribe(buyer, day), day)
    return world


def _months_between(start: date, day: date) -> int:
    return (day.year - start.year) * 12 + day.month - start.month


def told_by(shape: Shape, system: str, world: World, start: date, ends: list[date]) -> Iterator[tuple[date, Record]]:
    """Everything that one system tells, with the day on which it does. The books tell of what the ERP holds."""
    holder = ERP if system == BOOKS else system
    for buyer in world.buyers:
        yield from shape.customer(buyer, start)
    for subscription in world.subscriptions:
        yield from shape.deal(subscription)
        if holder in subscription.ids:
            yield from shape.contract(subscription)
        for end in (end for end in ends if end > subscription.start):
            yield from shape.usage(subscription, end, 100 + (subscription.price + end.month) % 900)
    for sale in world.sales:
        if holder in sale.copies:
            yield from shape.bill(sale.copies[holder], sale)
        if sale.refund and holder in sale.copies:
            yield from shape.refund(sale.refund, sale.copies[holder])
    every = chain(world.loose, *(sale.payments for sale in world.sales))
    for payment in (payment for payment in every if payment.system == holder):
        yield from shape.payment(payment)


def _written(path: Path, lines: list[bytes]) -> Path:
    path.write_bytes(b"".join(line + b"\n" for line in lines))
    return path
