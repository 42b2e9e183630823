"""`rtr close` and `rtr reopen`: accounting periods, in order and in reverse."""

from __future__ import annotations

import getpass
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Annotated

import polars as pl
import typer

from cli.laws.order import refreshed_as_of
from cli.terminal import DEFAULT_ROOT, Root, lakehouse, out, print_table
from lakehouse.errors import RtrError
from lakehouse.store import Lakehouse
from lakehouse.tables import silver


class Module(StrEnum):
    """Which part of the books."""

    ALL = "all"
    REVENUE = "revenue"
    CASH = "cash"


Period = Annotated[
    datetime,
    typer.Argument(formats=["%Y-%m", "%Y-%m-%d"], help="Accounting period: a month such as 2025-01, or its first day."),
]
Entity = Annotated[str, typer.Option(help="Legal entity whose books.")]
Book = Annotated[str, typer.Option(help="Which book, such as us_gaap or ifrs.")]
Part = Annotated[Module, typer.Option(help="Which part of the books; each may close in its own time.")]


def close(
    period: Period,
    root: Root = DEFAULT_ROOT,
    preparer: Annotated[str | None, typer.Option(help="Who closes; default the user.")] = None,
    approver: Annotated[str | None, typer.Option(help="Who approved.")] = None,
    legal_entity: Entity = "default",
    book: Book = "us_gaap",
    module: Part = Module.ALL,
) -> None:
    """Close a period: it is checked, its balances are frozen, and what is learned later posts in the first open one."""
    from assets.ledger.close import Books, close_period

    lake, first = lakehouse(root), period.date()
    _require_refreshed(lake, first, legal_entity)
    for part in _modules(module):
        entry = close_period(
            lake,
            first,
            preparer=preparer or getpass.getuser(),
            approver=approver,
            recorded_at=datetime.now(UTC),
            books=Books(legal_entity, book, part),
        )
        for check in entry.checks:
            told = "[green]holds[/]" if check.passed else "[yellow]look[/]"
            out.print(f"{told} {check.name}: {check.found}", highlight=False)
        columns = ("account", "currency", "amount", "functional_currency", "functional_amount")
        title = f"{part} of {first} closed as entry {entry.sequence}, evidence in ops/period_log/{entry.evidence}; frozen:"
        headings = ["account", "currency", "net", "functional", "net"]
        print_table(title, headings, entry.balances.select(columns).rows(), right_from=2)


def reopen(
    period: Period,
    reason: Annotated[str, typer.Option(help="Why; kept in the period log.")],
    approver: Annotated[str, typer.Option(help="Who approved; another person than the preparer.")],
    root: Root = DEFAULT_ROOT,
    preparer: Annotated[str | None, typer.Option(help="Who reopens; default the user.")] = None,
    legal_entity: Entity = "default",
    book: Book = "us_gaap",
    module: Part = Module.ALL,
) -> None:
    """Reopen the last closed period; the evidence of the close stays."""
    from assets.ledger.close import Books, reopen_period

    for part in reversed(_modules(module)):
        entry = reopen_period(
            lakehouse(root),
            period.date(),
            preparer=preparer or getpass.getuser(),
            approver=approver,
            reason=reason,
            recorded_at=datetime.now(UTC),
            books=Books(legal_entity, book, part),
        )
        out.print(f"{part} of {period.date()} reopened as entry {entry.sequence}. Run `rtr refresh` next.", highlight=False)


def _modules(module: Module) -> list[str]:
    from assets.ledger.accounts import MODULES

    return list(MODULES) if module is Module.ALL else [module.value]


def _require_refreshed(lake: Lakehouse, first: date, entity: str) -> None:
    """The journal holds the whole of the period only after a refresh as of its last day."""
    from assets.facts.calendars import calendars

    kept = calendars(lake.scan(silver.LEGAL_ENTITIES).collect())
    named = pl.DataFrame({"legal_entity_id": [entity], "period": [first]})
    last: date = kept.with_ends(named, "period", "last_day").get_column("last_day").item()
    as_of = refreshed_as_of(lake)
    if as_of is None or as_of < last:
        raise RtrError(
            "NOT_REFRESHED",
            f"The last refresh was as of {as_of or 'never'}: the journal does not hold the whole of the period of {first}.",
            f"Run `rtr refresh --as-of {last}` or later first.",
        )
