"""`rtr verify` holds on what the system made, and sees every kind of tampering."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal

import polars as pl
import pytest
from deltalake import write_deltalake
from typer.testing import CliRunner

from cli.laws import LAWS
from cli.main import app
from lakehouse.store import Lakehouse
from lakehouse.table import Table
from lakehouse.tables import bronze, gold, quarantine, silver
from tests.cli.conftest import Refreshed

Tamper = Callable[[Lakehouse], None]


def overwrite(lake: Lakehouse, table: Table, change: Callable[[pl.DataFrame], pl.DataFrame]) -> None:
    """What somebody with a Delta client and bad intentions does."""
    frame = table.conform(change(lake.scan(table).collect()))
    lake.open(table).alter.set_table_properties({"delta.appendOnly": "false"})
    write_deltalake(lake.uri(table), frame.to_arrow(), mode="overwrite", partition_by=list(table.partition_by) or None)


def first_amount_plus_a_cent(frame: pl.DataFrame) -> pl.DataFrame:
    cent = pl.lit(Decimal("0.01"))
    return (
        frame.with_row_index("n")
        .with_columns(
            amount=pl.when(pl.col("n") == 0)
            .then(pl.col("amount") + cent)
            .otherwise(pl.col("amount"))
            .cast(pl.Decimal(20, 4))
        )
        .drop("n")
    )


def lose_a_bronze_record(lake: Lakehouse) -> None:
    overwrite(
        lake, bronze.EVENTS, lambda frame: frame.sort("position").filter(pl.col("source_event_id").is_not_null()).slice(1)
    )


def lose_a_registered_event(lake: Lakehouse) -> None:
    overwrite(lake, silver.SOURCE_EVENTS, lambda frame: frame.slice(1))


def double_a_payment(lake: Lakehouse) -> None:
    overwrite(lake, silver.CASH, lambda frame: pl.concat([frame, frame.head(1)]))


def lose_a_document(lake: Lakehouse) -> None:
    overwrite(lake, silver.DOCUMENTS, lambda frame: frame.slice(1))


def change_a_mart(lake: Lakehouse) -> None:
    overwrite(lake, gold.SALES_DAILY, lambda frame: frame.with_columns(invoice_lines=pl.col("invoice_lines") + 1))


def change_a_journal_line(lake: Lakehouse) -> None:
    overwrite(lake, gold.JOURNAL, first_amount_plus_a_cent)


def change_a_schedule(lake: Lakehouse) -> None:
    overwrite(lake, gold.RECOGNITION_SCHEDULE, first_amount_plus_a_cent)


def drop_an_obligation(lake: Lakehouse) -> None:
    overwrite(lake, gold.OBLIGATIONS, lambda frame: frame.sort("allocated_amount", descending=True).slice(1))


def let_a_rejected_line_through(lake: Lakehouse) -> None:
    """A line behind an obligation is rejected at its gate, and gold is left as it was."""
    row_key = lake.scan(gold.OBLIGATIONS).collect().get_column("source_row_key")[0]
    said = {name: pl.lit("x") for name in ("quarantine_key", "source", "split", "code", "message", "remedy")}
    moment = pl.lit(datetime(2026, 1, 1, tzinfo=UTC))
    rejected = pl.DataFrame({"row_key": [row_key]}).with_columns(**said, stage=pl.lit("gate"), rejected_at=moment)
    lake.append(quarantine.REJECTED, rejected)


def change_an_amount_in_silver(lake: Lakehouse) -> None:
    overwrite(lake, silver.CASH, first_amount_plus_a_cent)


def change_a_payload_in_bronze(lake: Lakehouse) -> None:
    def forged(frame: pl.DataFrame) -> pl.DataFrame:
        text = pl.col("payload").cast(pl.String).str.replace('"amount_captured":', '"amount_captured":1')
        paid = pl.col("event_type") == "charge.succeeded"
        return frame.with_columns(payload=pl.when(paid).then(text.cast(pl.Binary)).otherwise(pl.col("payload")))

    readable = lake.scan(bronze.EVENTS).collect().get_column("event_type").is_not_null()
    assert readable.any()
    overwrite(lake, bronze.EVENTS, lambda frame: pl.concat([forged(frame.filter(readable)), frame.filter(~readable)]))


CASES: list[tuple[Tamper, int]] = [
    (lose_a_bronze_record, 1),
    (lose_a_registered_event, 1),
    (double_a_payment, 2),
    (lose_a_document, 2),
    (change_a_mart, 3),
    (change_a_journal_line, 4),
    (change_a_schedule, 4),
    (change_a_journal_line, 5),
    (drop_an_obligation, 6),
    (change_an_amount_in_silver, 6),
    (change_a_payload_in_bronze, 6),
    (let_a_rejected_line_through, 7),
]


def test_every_law_holds_and_says_so_in_one_line(company: Refreshed) -> None:
    result = CliRunner().invoke(app, ["verify", "--lakehouse", company.lake.root])
    assert result.exit_code == 0, result.output
    for law in LAWS:
        assert f"law {law.number}" in result.output


@pytest.mark.parametrize(("tamper", "law"), CASES, ids=lambda value: getattr(value, "__name__", str(value)))
def test_tampering_breaks_its_law(company: Refreshed, tamper: Tamper, law: int) -> None:
    tamper(company.lake)
    finding = next(each for each in LAWS if each.number == law).check(company.lake)
    assert not finding.holds


def test_a_breach_ends_with_exit_code_one(company: Refreshed) -> None:
    double_a_payment(company.lake)
    result = CliRunner().invoke(app, ["verify", "--lakehouse", company.lake.root])
    assert result.exit_code == 1
    assert "BREACH" in result.output
