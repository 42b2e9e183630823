"""A row that waits at a gate can be judged again (law 7): it is let in once it passes, and not before."""

from __future__ import annotations

from decimal import Decimal

import pytest

from expectations import suites
from expectations.rejudge import rejudge
from expectations.suite import silver_suite
from lakehouse.store import Lakehouse
from lakehouse.tables import quarantine, silver
from tests.expectations.facts import fact
from tests.expectations.test_gate import NOW, gate

KEY = "gate|silver.cash|stripe|evt_1|sound|refunded_within_payment"


@pytest.fixture
def waiting(lake: Lakehouse) -> Lakehouse:
    lake.append(silver.CASH, fact(silver.CASH, amount_refunded=Decimal(100)))
    gate(lake, silver.CASH, "run-1")
    return lake


def test_row_that_still_fails_goes_on_waiting(waiting: Lakehouse) -> None:
    result = rejudge(waiting, now=NOW)
    assert result.released == 0
    assert result.still_wrong.get_column("quarantine_key").to_list() == [KEY]
    assert not waiting.exists(quarantine.RESOLUTIONS)


def test_row_that_passes_a_corrected_expectation_is_let_in(waiting: Lakehouse, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(suites.SUITES, "silver.cash", silver_suite(silver.CASH))
    assert rejudge(waiting, now=NOW, dry_run=True).released == 1
    assert not waiting.exists(quarantine.RESOLUTIONS)
    assert rejudge(waiting, now=NOW).released == 1
    resolution = waiting.scan(quarantine.RESOLUTIONS).collect().row(0, named=True)
    assert (resolution["quarantine_key"], resolution["outcome"]) == (KEY, "replayed")
    assert rejudge(waiting, now=NOW).released == 0


def test_nothing_waits_in_an_empty_lakehouse(lake: Lakehouse) -> None:
    assert rejudge(lake, now=NOW).released == 0
