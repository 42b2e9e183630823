"""What is wrong with a mapping is told with its line, its field and what to do, all at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.systems.mapped import load_mapping, read_mapping
from pipelines.systems.mapped.located import Invalid
from tests.pipelines.systems.mapped.feeds import SALES

EXAMPLES = Path(__file__).resolve().parents[4] / "examples"

WRONG = [
    ("", 1, "is empty"),
    ("name: [", 1, "is no YAML"),
    ("- a\n- b\n", 1, "is not a mapping"),
    ("name: till\n", 1, "lacks rows"),
    (SALES.replace("name: till", "name: Till 1"), 2, "'Till 1'"),
    (SALES.replace("currency: EUR", "currency: EURO"), 3, "no ISO 4217 currency"),
    (SALES.replace("currency: EUR\n", "\n"), 10, "has no currency"),
    (SALES.replace("currency: EUR", "curency: EUR"), 3, "Did you mean currency?"),
    (SALES.replace("  line:", "  line:\n    when: {column: a, is: x, prefix: y}"), 6, "is, prefix"),
    (SALES.replace(", equal_rows: count", ""), 6, "equal_rows"),
    (SALES.replace("content, equal_rows: count", "contents"), 6, "Did you mean content?"),
    (SALES.replace("content, equal_rows: count", "state"), 6, "a sale_line is none"),
    (SALES.replace("content, equal_rows: count", "file_and_ordinal, equal_rows: count"), 6, "no meaning"),
    (SALES.replace("time: day", "time: {column: day, format: '%d.%m.'}"), 7, "year"),
    (SALES.replace("time: day", "time: {column: day, time_zone: Europe/Lodnon}"), 7, "no time zone"),
    (SALES.replace("    time: day\n", ""), 6, "lacks time"),
    (SALES.replace("round: half_even", "round: up"), 13, "half_even, half_up"),
    (SALES.replace("[quantity, price]", "[quantity]"), 13, "product of one factor"),
    (SALES.replace("quantity: quantity", "quantity: {column: q, constant: '3'}"), 12, "column and constant"),
    (SALES.replace("quantity: quantity", "quantity: {column: q, thousands: '.', decimal: '.'}"), 12, "two different"),
    (SALES.replace("document: receipt", "documents: receipt"), 10, "Did you mean document?"),
    (SALES.replace("      - sale_line:", "      - sale_lines:"), 9, "is no fact"),
    (SALES + "      - {table: customer, id: a, columns: {}}\n", 14, "Did you mean customers?"),
    (SALES + "      - {table: cash, id: a, columns: {kind: {constant: payed}}}\n", 14, "'payed'"),
    (SALES + "      - {table: cash, id: a, columns: {amount: a}}\n", 14, "lacks direction"),
    (SALES + "      - {table: prices, id: a, columns: {purpose: p, unit_amount: {constant: a}}}\n", 14, "no rate"),
    (SALES + "      - {table: external_references, id: a, columns: {object_kind: k}}\n", 14, "whose reference"),
    (SALES + "name: other\n", 14, "given twice"),
]


@pytest.mark.parametrize(("text", "line", "said"), WRONG, ids=[said for _, _, said in WRONG])
def test_a_wrong_mapping_is_told_where_and_what(text: str, line: int, said: str) -> None:
    with pytest.raises(Invalid) as caught:
        read_mapping(text, "m.yaml")
    told = [str(problem) for problem in caught.value.problems if problem.line == line]
    assert any(said in text for text in told), caught.value.message
    assert all(problem.remedy for problem in caught.value.problems)


def test_all_problems_are_told_at_once_in_the_order_of_lines() -> None:
    text = SALES.replace("name: till", "name: Till").replace("half_even", "up").replace("equal_rows: count", "x: y")
    with pytest.raises(Invalid) as caught:
        read_mapping(text)
    lines = [problem.line for problem in caught.value.problems]
    assert lines == sorted(lines)
    assert {2, 6, 13} <= set(lines)


@pytest.mark.parametrize("file", sorted(EXAMPLES.glob("*.yaml")), ids=lambda file: file.stem)
def test_the_examples_are_sound(file: Path) -> None:
    if "sources:" in file.read_text():
        pytest.skip("names sources")
    assert load_mapping(file).source == f"mapped:{file.stem}"
