"""`rtr sql` answers over every table."""

from __future__ import annotations

import json

from typer.testing import CliRunner

from cli.main import app
from lakehouse.errors import RtrError
from lakehouse.tables import ALL_TABLES
from tests.cli.conftest import Refreshed


def test_every_table_answers(company: Refreshed) -> None:
    present = [table for table in ALL_TABLES if company.lake.exists(table)]
    assert {table.layer for table in present} == {table.layer for table in ALL_TABLES}
    query = " union all ".join(
        f"select '{t.qualified_name}' as name, count(*) as n from {t.qualified_name}" for t in present
    )
    result = CliRunner().invoke(app, ["sql", query, "--format", "json", "--lakehouse", company.lake.root])
    assert result.exit_code == 0, result.output
    counted = {row["name"]: row["n"] for row in json.loads(result.output)}
    assert counted == {t.qualified_name: company.lake.open(t).count() for t in present}


def test_formats_and_catalog(company: Refreshed) -> None:
    root = ["--lakehouse", company.lake.root]
    csv = CliRunner().invoke(app, ["sql", "select 1.50::decimal(4,2) as a", "--format", "csv", *root])
    assert csv.output == "a\n1.50\n"
    catalog = CliRunner().invoke(app, ["sql", "--catalog", *root])
    assert "CREATE OR REPLACE VIEW gold.journal AS SELECT * FROM delta_scan(" in catalog.output


def test_a_wrong_query_is_an_error_with_a_remedy(company: Refreshed) -> None:
    result = CliRunner().invoke(app, ["sql", "selekt", "--lakehouse", company.lake.root])
    assert isinstance(result.exception, RtrError)
    assert result.exception.code == "SQL_ERROR"
