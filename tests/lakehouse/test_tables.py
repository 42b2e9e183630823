"""Every declared table can be read by every tool, and says what it is."""

from __future__ import annotations

import polars as pl
import pytest

from lakehouse.catalogue import connect, dictionary_markdown
from lakehouse.errors import CommitError, RtrError
from lakehouse.store import Lakehouse
from lakehouse.table import Layer, Table
from lakehouse.tables import ALL_TABLES, gold
from lakehouse.types import Kind
from lakehouse.validation import check_frame
from tests.lakehouse.facts import TABLE, customers


def test_every_table_has_reader_version_one_and_answers_in_sql(lake: Lakehouse) -> None:
    for table in ALL_TABLES:
        lake.ensure(table)
        protocol = lake.open(table).protocol()
        assert protocol.min_reader_version == 1, table.qualified_name
        assert protocol.min_writer_version <= 4, table.qualified_name
    connection = connect(lake)
    for table in ALL_TABLES:
        described = connection.sql(f"describe {table.qualified_name}").fetchall()
        assert [row[0] for row in described] == table.column_names


@pytest.mark.parametrize("table", ALL_TABLES, ids=lambda table: table.qualified_name)
def test_a_declaration_is_complete(table: Table) -> None:
    assert table.description.endswith(".")
    assert table.owner.startswith("team:")
    assert set(table.key) <= set(table.column_names)
    assert set(table.partition_by) <= set(table.column_names)
    assert all(column.description.endswith(".") for column in table.columns)
    assert len(set(table.column_names)) == len(table.columns)
    assert all(table.column(name).kind in (Kind.DATE, Kind.STRING) for name in table.partition_by)
    if table.layer is Layer.GOLD:
        assert all(column.kind is not Kind.BINARY for column in table.columns)


def test_the_dictionary_names_every_column() -> None:
    text = dictionary_markdown()
    for table in ALL_TABLES:
        assert f"## {table.qualified_name}" in text
        assert all(f"| {column.name} |" in text for column in table.columns)


def test_a_row_that_lacks_what_is_required_is_refused() -> None:
    broken = customers([1]).with_columns(object_id=pl.lit(None, pl.String))
    with pytest.raises(CommitError, match=r"silver\.customers\.object_id is required"):
        check_frame(TABLE, broken)


def test_a_value_outside_a_closed_set_is_refused() -> None:
    broken = customers([1]).with_columns(operation=pl.lit("upsert"))
    with pytest.raises(CommitError, match="NOT_ALLOWED"):
        check_frame(TABLE, broken)


def test_the_journal_cannot_be_replaced(lake: Lakehouse) -> None:
    with pytest.raises(RtrError, match="APPEND_ONLY"):
        lake.replace(gold.JOURNAL, gold.JOURNAL.empty())


def test_a_root_that_cannot_be_written_is_named(tmp_path: object) -> None:
    with pytest.raises(RtrError, match="ROOT_NOT_WRITABLE"):
        Lakehouse("/proc/nowhere").ensure(TABLE)


def test_replace_by_predicate_leaves_other_rows_alone(lake: Lakehouse) -> None:
    lake.append(TABLE, customers(range(4), month=1))
    lake.append(TABLE, customers(range(4, 8), month=2))
    lake.replace(TABLE, customers([9], month=2), predicate="event_month = '2025-02-01'")
    assert lake.scan(TABLE).select(pl.len()).collect().item() == 5


def test_scan_added_reads_only_what_is_new(lake: Lakehouse) -> None:
    lake.append(TABLE, customers(range(4)))
    version = lake.version(TABLE)
    lake.append(TABLE, customers(range(4, 7), month=5))
    lake.open(TABLE).optimize.compact()
    assert lake.scan_added(TABLE, version).collect().get_column("object_id").to_list() == ["t:4", "t:5", "t:6"]
