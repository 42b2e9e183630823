"""What tells one row from another: the same file twice is the same, and two equal lines of an invoice are two."""

from __future__ import annotations

import pytest

from tests.pipelines.systems.mapped.feeds import SALES, SOUND, mapping_of, normalise

SALE = SOUND["sale"]


def by(identity: str) -> str:
    return SALES.replace("{by: content, equal_rows: count}", identity)


def ids(text: str, *records: object, splits: list[str] | None = None) -> list[str]:
    events = normalise(text, *records, splits=splits).events  # type: ignore[arg-type]
    assert events["code"].null_count() == events.height
    return events["source_event_id"].to_list()


def test_equal_lines_of_one_file_count_and_its_copy_adds_nothing() -> None:
    once = ids(SALES, SALE, SOUND["returned"], SALE)
    assert len(set(once)) == 3
    copied = ids(SALES, SALE, SOUND["returned"], SALE, splits=["copy.csv@9-9.0"] * 3)
    assert copied == once
    together = ids(SALES, SALE, SALE, SALE, splits=["a.csv@1-1.0", "b.csv@1-1.0", "b.csv@1-1.0"])
    assert together[0] == together[1] != together[2]


def test_a_column_that_is_not_read_identifies_nothing() -> None:
    assert ids(SALES, SALE | {"note": "x"}) == ids(SALES, SALE)


def test_equal_rows_may_be_repeats() -> None:
    first, second = ids(by("{by: content, equal_rows: repeat}"), SALE, SALE)
    assert first == second == ids(SALES, SALE)[0]


def test_content_may_be_that_of_chosen_columns() -> None:
    text = by("{by: content, columns: [receipt, article], equal_rows: repeat}")
    assert len(set(ids(text, SALE, SALE | {"price": "9"}))) == 1


def test_file_and_ordinal() -> None:
    splits = ["in/a.csv@10-1.0", "in/a.csv@10-1.0", "in/b.csv@10-1.0"]
    assert ids(by("{by: file_and_ordinal}"), SALE, SALE, SALE, splits=splits) == [
        "line:in/a.csv#0",
        "line:in/a.csv#1",
        "line:in/b.csv#2",
    ]
    moved = ids(by("{by: file_and_ordinal, file: name}"), SALE, SALE, splits=["in/a.csv@1-1.0", "elsewhere/a.csv@2-2.5"])
    assert moved == ["line:a.csv#0", "line:a.csv#1"]


def test_a_key_of_several_columns_is_not_ambiguous_and_must_be_whole() -> None:
    text = by("{by: key, columns: [receipt, article]}")
    rows = [SALE | {"receipt": "a/b", "article": "c"}, SALE | {"receipt": "a", "article": "b/c"}]
    assert len(set(ids(text, *rows))) == 2
    events = normalise(text, SALE | {"article": ""}).events
    assert events["code"].to_list() == ["MISSING_FIELD"]
    assert events["message"].to_list() == ["article is missing or empty."]


@pytest.mark.parametrize("changed", [{"name": "Teapot, blue"}, {"t": "2025-02-01"}])
def test_another_state_of_an_object_is_another_event_and_the_same_state_is_not(changed: dict[str, str]) -> None:
    kind = "    identity: {by: state}\n    time: t\n    facts:\n      - {table: products, id: id, columns: {name: name}}\n"
    row = {"id": "A", "name": "Teapot", "t": "2025-01-01"}
    first, again, other = ids(mapping_of(kind), row, row, row | changed)
    assert first == again != other


def test_rows_of_no_kind_are_rejected_and_rows_without_facts_are_unmapped() -> None:
    text = SALES + (
        "  total:\n    when: {column: article, is: TOTAL}\n    identity: {by: content, equal_rows: repeat}\n"
        "    time: day\n    facts: []\n"
    )
    text = text.replace("  line:\n", "  line:\n    when: {column: article, is: [A, B]}\n")
    events = normalise(text, SALE, SALE | {"article": "TOTAL"}, SALE | {"article": "C"}).events
    assert events["disposition"].to_list() == ["mapped", "unmapped", "rejected"]
    assert events["code"].to_list() == [None, None, "NO_RULE"]
    assert events["event_type"].to_list() == ["line", "total", None]
