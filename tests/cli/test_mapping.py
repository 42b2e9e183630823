"""`rtr mapping check`: what the first rows become, and what is wrong, before anything is written."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli.main import app
from cli.sources import configured
from lakehouse.errors import RtrError
from lakehouse.store import Lakehouse
from lakehouse.tables import silver
from pipelines.care import care_of
from pipelines.privacy import Action

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


def test_the_example_of_a_fresh_clone_is_understood() -> None:
    result = CliRunner().invoke(app, ["mapping", "check", str(EXAMPLES / "shop.yaml"), str(EXAMPLES / "shop")])
    assert result.exit_code == 0, result.output
    assert "silver.document_lines: 6 rows" in result.output
    assert "mapped:shop:contract/R-1001" in result.output
    assert "Not read: unit_price." in result.output


def test_rows_and_columns_that_do_not_fit_are_told(tmp_path: Path) -> None:
    sample = tmp_path / "sales.csv"
    text = (EXAMPLES / "shop/sales.csv").read_text().replace("36,00 €", "36.00 $", 1).replace(";text;", ";txt;")
    sample.write_text(text)
    result = CliRunner().invoke(app, ["mapping", "check", str(EXAMPLES / "shop.yaml"), str(sample)])
    assert result.exit_code == 1
    assert "WRONG_TYPE" in result.output
    assert "36.00 $" in result.output
    assert "No row has" in result.output
    assert "text" in result.output


def test_a_wrong_mapping_names_its_lines(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text((EXAMPLES / "shop.yaml").read_text().replace("currency: EUR\n", "currency: Euro\n", 1))
    result = CliRunner().invoke(app, ["mapping", "check", str(wrong), str(EXAMPLES / "shop")])
    assert isinstance(result.exception, RtrError)
    assert "line 8, currency" in result.exception.message


def test_mapped_sources_in_a_file_and_by_options(lake: Lakehouse, tmp_path: Path) -> None:
    (tmp_path / "shop.yaml").write_text((EXAMPLES / "shop.yaml").read_text())
    sources = f"sources:\n  - {{system: mapped, mapping: shop.yaml, path: '{EXAMPLES / 'shop'}'}}\n"
    (tmp_path / "sources.yaml").write_text(sources)
    result = CliRunner().invoke(app, ["ingest", "--config", str(tmp_path / "sources.yaml"), "--lakehouse", lake.root])
    assert result.exit_code == 0, result.output
    assert lake.open(silver.DOCUMENTS).count() == 6
    options = ["--system", "mapped", "--mapping", str(EXAMPLES / "shop.yaml"), "--path", str(EXAMPLES / "shop")]
    again = CliRunner().invoke(app, ["ingest", *options, "--lakehouse", lake.root])
    assert "0 records" in again.output, again.output


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("{system: mapped, path: x}", "mapping without the system mapped"),
        ("{system: native, mapping: m.yaml, path: x}", "mapping without the system mapped"),
        ("{system: native, path: x, kafka: {}}", "no place, or two"),
        ("{sytem: native, path: x}", "Did you mean system?"),
    ],
)
def test_a_source_that_does_not_fit_is_told_with_its_line(tmp_path: Path, source: str, said: str) -> None:
    (tmp_path / "sources.yaml").write_text(f"sources:\n  - {source}\n")
    result = CliRunner().invoke(app, ["ingest", "--config", str(tmp_path / "sources.yaml")], env={"COLUMNS": "300"})
    assert result.exit_code == 2
    assert said in " ".join(result.output.replace("│", " ").split())
    assert "line 2" in result.output


def test_the_example_of_a_file_of_sources_is_sound() -> None:
    (feed,) = configured(EXAMPLES / "sources.yaml")
    care = care_of(feed)
    assert feed.system == "mapped:shop"
    assert care.privacy is not None
    assert care.privacy.fields == (("customer", Action.HASH),)
