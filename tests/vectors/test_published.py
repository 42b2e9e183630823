"""Every published example of a covered topic: its facts, through the rules, give what is printed."""

from __future__ import annotations

import pytest

from tests.assets.revenue_facts import period_log, run
from tests.vectors.adapters import ADAPTERS
from tests.vectors.comparison import differences
from tests.vectors.example import Example


def assert_printed(example: Example) -> None:
    adapter = ADAPTERS[example.topic]
    told = adapter.tell(example)
    books = run(told.rows, told.as_of, log=period_log(*(("close", period) for period in told.closed)))
    found = adapter.read(books, example)
    unequal = differences(found, example.expected, adapter.not_in_gold, adapter.tolerance)
    if unequal:
        pytest.fail("\n".join(unequal))


def test_gold_says_what_is_printed(example: Example) -> None:
    assert_printed(example)
