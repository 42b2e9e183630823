"""Figures of other rules are never mixed with those that stand: whoever changes a rule need not think of it."""

from __future__ import annotations

from pathlib import Path

from assets.ledger.rule_version import rule_version
from tests.assets.revenue_facts import invoice, run


def rules(folder: Path, **modules: str) -> str:
    folder.mkdir()
    for name, text in modules.items():
        (folder / f"{name}.py").write_text(text)
    return rule_version(folder)


def test_it_is_another_when_a_rule_is_and_only_then(tmp_path: Path) -> None:
    first = rules(tmp_path / "1", a="x = 1\n", b="y = 2\n")
    assert rules(tmp_path / "2", a="x = 1\n", b="y = 2\n") == first
    others = [
        rules(tmp_path / "3", a="x = 2\n", b="y = 2\n"),
        rules(tmp_path / "4", a="x = 1\n", c="y = 2\n"),
        rules(tmp_path / "5", a="x = 1\ny = 2\n"),
        rules(tmp_path / "6", a="x = 1\n", b="y = 2\n", c=""),
    ]
    assert len({first, *others}) == 5


def test_it_stands_with_each_line() -> None:
    journal = run(invoice("in_1", "2024-01-01", [("91.00", "2024-01-01", "2024-04-01")]))["journal"]
    assert journal["rule_version"].unique().to_list() == [rule_version()]
