"""`rtr mapping`: what a mapping makes of a sample, before anything is ingested."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import polars as pl
import typer

from cli.terminal import out, print_table

app = typer.Typer(help="Mappings, by which any feed of rows becomes facts.", no_args_is_help=True)

LISTED = 20


@app.command()
def check(
    file: Annotated[Path, typer.Argument(help="The mapping, a YAML file.")],
    sample: Annotated[str, typer.Argument(help="CSV, JSON or Parquet: a file, a pattern or a folder.")],
    rows: Annotated[int, typer.Option(min=1, help="How many rows of each table are shown.")] = 3,
) -> None:
    """Show what the first rows become, and what is wrong with the mapping or with rows. Nothing is written.

    Exit code 1 where a row would be rejected, or a column that the mapping reads is nowhere.
    """
    from pipelines.mapping_check import check as run
    from pipelines.systems.mapped import load_mapping

    mapping = load_mapping(file)
    checked = run(mapping, sample, rows)
    print_table(f"{mapping.source}: rows of the sample", ["kind", "disposition", "rows"], checked.rows.rows(), right_from=2)
    for name, facts in checked.facts.items():
        _show(f"{name}: {checked.counts[name]:,} rows, the first {facts.height}", facts)
    if checked.absent:
        out.print(f"[red]No row has[/] {', '.join(checked.absent)}, which the mapping reads.", highlight=False)
    if checked.unread:
        out.print(f"Not read: {', '.join(checked.unread)}.", highlight=False)
    if checked.rejected.height:
        columns = ["code", "message", "remedy", "len"]
        print_table("Rejected", columns, checked.rejected.select(columns).head(LISTED).rows(), right_from=3)
        if checked.rejected.height > LISTED:
            out.print(f"and {checked.rejected.height - LISTED:,} other reasons.", highlight=False)
    if not checked.sound:
        raise typer.Exit(1)
    out.print("Every row is understood.", highlight=False)


def _show(title: str, facts: pl.DataFrame) -> None:
    """The first rows on their side: a fact has many columns."""
    turned = [(name, *(_plain(value) for value in facts.get_column(name))) for name in facts.columns]
    print_table(title, ["column", *(f"row {place + 1}" for place in range(facts.height))], turned, right_from=99)


def _plain(value: object) -> object:
    text = f"{value:f}" if hasattr(value, "as_tuple") else str(value)
    return None if value is None else text.rstrip("0").rstrip(".") if "." in text and hasattr(value, "as_tuple") else text
