"""The state of an object, and the lines in force."""

from __future__ import annotations

from itertools import permutations

import polars as pl
import pytest

from assets.facts.lines import lines_in_force
from assets.facts.state import latest
from tests.assets.revenue_facts import Row, fact, frames


def contract(at: str, status: str, **columns: object) -> Row:
    return fact("contracts", "test:sub", at, status=status, **columns)


def status_of(*rows: Row) -> list[str]:
    """The state in every order of arrival: one."""
    states = {tuple(latest(frames(order)["contracts"]).get_column("status")) for order in permutations(rows)}
    [state] = states
    return list(state)


def test_the_later_assertion_counts() -> None:
    assert status_of(contract("2024-01-01", "trialing"), contract("2024-02-01", "active")) == ["active"]


def test_a_sequence_decides_between_equal_times_and_none_comes_first() -> None:
    plain = contract("2024-01-01", "trialing", event="c")
    first = contract("2024-01-01", "active", event="b", source_sequence=1)
    second = contract("2024-01-01", "past_due", event="a", source_sequence=2)
    assert status_of(plain, first, second) == ["past_due"]
    assert status_of(plain, first) == ["active"]


def test_then_what_the_source_recorded_later_then_the_row_key() -> None:
    early = contract("2024-01-01", "trialing", event="b", known_at="2024-01-02")
    late = contract("2024-01-01", "active", event="a", known_at="2024-01-03")
    assert status_of(early, late) == ["active"]
    assert status_of(contract("2024-01-01", "trialing", event="a"), contract("2024-01-01", "active", event="b")) == [
        "active"
    ]


def test_a_retraction_removes_and_a_later_assertion_restores() -> None:
    made, gone = contract("2024-01-01", "active"), contract("2024-02-01", "active", operation="retract")
    assert status_of(made, gone) == []
    assert status_of(made, gone, contract("2024-03-01", "past_due")) == ["past_due"]


def line(name: str, event: str, at: str = "2024-01-01") -> Row:
    return fact("document_lines", name, at, event=event, document_id="test:in", line_number=1, currency="USD", amount=1)


def document(event: str, at: str) -> Row:
    return fact("documents", "test:in", at, event=event, kind="invoice", status="open", currency="USD", total=1)


def in_force(*rows: Row) -> list[str]:
    tables = frames(rows)
    lines = lines_in_force(tables["documents"], tables["document_lines"], "document_id")
    return lines.get_column("object_id").sort().to_list()


def test_a_line_that_the_latest_event_lacks_is_gone() -> None:
    first = [document("e1", "2024-01-01"), line("a", "e1"), line("b", "e1")]
    assert in_force(*first, document("e2", "2024-01-02"), line("b", "e2")) == ["b"]


def test_an_event_that_brings_no_lines_leaves_them_in_force() -> None:
    rows = [document("e1", "2024-01-01"), line("a", "e1"), document("e2", "2024-01-02")]
    assert in_force(*rows) == ["a"]


def test_lines_that_are_told_one_by_one_each_stand() -> None:
    rows = [document("e1", "2024-01-01"), line("a", "e2"), line("b", "e3"), line("b", "e4", "2024-01-02")]
    assert in_force(*rows) == ["a", "b"]


@pytest.mark.parametrize("times", [1, 2])
def test_the_same_rows_again_change_nothing(times: int) -> None:
    rows = [document("e1", "2024-01-01"), line("a", "e1"), line("b", "e1")] * times
    assert in_force(*rows) == ["a", "b"]
    assert pl.concat([frames(rows)["documents"]] * 2).pipe(latest).height == 1
