"""What every command shares: options, tables on a terminal, errors."""

from __future__ import annotations

import logging
import os
import sys
import warnings
from collections.abc import Iterable, Sequence
from typing import Annotated

import typer
from rich import box
from rich.console import Console
from rich.table import Table as RichTable

from lakehouse.errors import RtrError
from lakehouse.store import Lakehouse

DEFAULT_ROOT = "./lakehouse-data"

Root = Annotated[
    str,
    typer.Option(
        "--lakehouse", envvar="RTR_LAKEHOUSE", help="Folder or object store below which all tables are.", show_default=True
    ),
]

# Nothing is cut short where nobody's window sets the width.
UNBOUNDED = None if sys.stdout.isatty() or "COLUMNS" in os.environ else 160

out = Console(width=UNBOUNDED)
err = Console(stderr=True, width=UNBOUNDED)


def lakehouse(root: str) -> Lakehouse:
    """The lakehouse below a root."""
    return Lakehouse(root)


def report_error(error: RtrError) -> None:
    err.print(f"[bold red]{error.code}[/] {error.message}", highlight=False)
    err.print(f"  → {error.remedy}", highlight=False)


def print_table(title: str, columns: Sequence[str], rows: Iterable[Sequence[object]], *, right_from: int = 1) -> None:
    """A table on the terminal; columns from `right_from` on are aligned to the right, as figures are."""
    table = RichTable(
        title=title, title_justify="left", header_style="bold", box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False
    )
    for index, column in enumerate(columns):
        table.add_column(
            column,
            overflow="fold",
            justify="right" if index >= right_from else "left",
            no_wrap=index >= right_from or right_from == 1,
        )
    for row in rows:
        table.add_row(*("" if value is None else str(value) for value in row))
    out.print(table)


def quiet_libraries() -> None:
    """Libraries keep their notices to themselves; errors still show."""
    for name in ("root", "apache_beam", "great_expectations", "dagster"):
        logging.getLogger(None if name == "root" else name).setLevel(logging.ERROR)
    warnings.filterwarnings("ignore")
