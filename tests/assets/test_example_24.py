"""IFRS 15 Example 24 (ASC 606-10-55-216 to 220): a volume discount for all units of the year, however its facts arrive.

A unit costs 100, and 90, all units of the year, once more than 1,000 are bought. Until May nobody expects so many: 75 units
are sold in the first quarter for 7,500. In May the customer buys another company, and the entity expects more than 1,000:
the 500 units of the second quarter are worth 500 * 90 - 75 * 10 = 44,250.

The revenue of a period depends on the facts and on what each close had seen, and on nothing else (law 3).
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from lakehouse.tables import gold
from tests.assets.revenue_facts import Row, changes, period_log, posted
from tests.vectors.contract_facts import BASIS, contract, estimate, line, number, performed, price

AS_OF = "2021-06-30"
AGREED: list[Row] = [
    BASIS,
    contract(),
    line("goods", "100", quantity=None, promise_kind="good", product_id="test:goods"),
    price("over", "goods", "90", purpose="list", from_quantity=number(1001)),
    estimate("volume", "goods", "volume", "800"),
]
SOLD: dict[str, Row] = {
    day: performed(day, "goods", day, quantity=units)
    for day, units in (
        ("2021-01-20", 20),
        ("2021-02-20", 25),
        ("2021-03-20", 25),
        ("2021-03-31", 5),
        ("2021-04-20", 150),
        ("2021-05-20", 200),
        ("2021-06-20", 150),
    )
}
MORE = estimate("volume", "goods", "volume", "1200", "2021-05-01")
EVENTS = [*AGREED, *SOLD.values(), MORE]


@dataclass(frozen=True)
class Told:
    """A log of closes, what was not known when they were made, and the revenue of January to June that follows."""

    log: tuple[tuple[str, str], ...]
    late: tuple[Row, ...]
    revenue: tuple[int, ...]

    @property
    def closed(self) -> list[str]:
        return [month for action, month in self.log if action == "close"]


CASES = {
    # 20, 25 and 30 at 100 | 150 at 100 | 200 at 90 less 225 at 10 | 150 at 90
    "nothing is closed": Told((), (), (2_000, 2_500, 3_000, 15_000, 15_750, 13_500)),
    # The 5 units of 31 March are told of when March is closed: 500 are earned in April.
    "a delivery after the close": Told(
        (("close", "2021-01"), ("close", "2021-02"), ("close", "2021-03")),
        (SOLD["2021-03-31"],),
        (2_000, 2_500, 2_500, 15_500, 15_750, 13_500),
    ),
    # Nobody tells of the expectation until May is closed at 100 a unit: June gives back 425 at 10.
    "an expectation after the close": Told(
        tuple(("close", f"2021-0{month}") for month in range(1, 6)), (MORE,), (2_000, 2_500, 3_000, 15_000, 20_000, 9_250)
    ),
    "closed and reopened": Told(
        (("close", "2021-01"), ("close", "2021-02"), ("close", "2021-03"), ("reopen", "2021-03")),
        (SOLD["2021-03-31"],),
        (2_000, 2_500, 3_000, 15_000, 15_750, 13_500),
    ),
}
WAYS = ("one batch", "event by event", "shuffled 1", "shuffled 2", "shuffled 3")


def arriving(rows: list[Row], way: str) -> Iterator[list[Row]]:
    """What is known after each batch."""
    kind, _, seed = way.partition(" ")
    if way == "one batch":
        yield rows
        return
    chance = random.Random(seed)
    mixed = rows.copy()
    if kind == "shuffled":
        chance.shuffle(mixed)
    cuts = range(1, len(mixed) + 1) if kind == "event" else sorted({chance.randint(1, len(mixed)), len(mixed)})
    for cut in cuts:
        yield mixed[:cut]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_revenue_by_period(case: Told, way: str) -> None:
    held = gold.JOURNAL.empty()
    seen: list[Row] = []
    log: list[tuple[str, str]] = []
    if case.closed:
        # A close sees what happened in its months and is known by then; it is closed once, after the last batch.
        last = f"{max(case.closed)}-31"
        seen = [row for row in EVENTS if row not in case.late and f"{row[1]['effective_at']:%Y-%m-%d}" <= last]
        for known in arriving(seen, way):
            held = posted(known, last, held)
        for entry in case.log:
            log.append(entry)
            held = posted(seen, AS_OF, held, period_log(*log))
    rest = [row for row in EVENTS if row not in seen]
    for known in arriving(rest, way):
        held = posted([*seen, *known], AS_OF, held, period_log(*log))
    found = changes(held)["Revenue"]
    assert [found.get(f"2021-0{month}") for month in range(1, 7)] == [f"{amount}.00" for amount in case.revenue]
    assert sum(case.revenue) == 575 * 90
