"""`rtr close` and `rtr reopen`: accounting periods, in order and in reverse."""

from __future__ import annotations

import getpass
from calendar import monthrange
from datetime import UTC, date, datetime
from typing import Annotated

import typer

from cli.laws.order import refreshed_as_of
from cli.terminal import DEFAULT_ROOT, Root, lakehouse, out, print_table
from lakehouse.errors import RtrError

Period = Annotated[datetime, typer.Argument(formats=["%Y-%m", "%Y-%m-%d"], help="Accounting month, such as 2025-01.")]
Entity = Annotated[str, typer.Option(help="Legal entity whose books.")]


def close(
    period: Period,
    root: Root = DEFAULT_ROOT,
    preparer: Annotated[str | None, typer.Option(help="Who closes; default the user.")] = None,
    approver: Annotated[str | None, typer.Option(help="Who approved.")] = None,
    legal_entity: Entity = "default",
) -> None:
    """Close a month: its balances are frozen, and what is learned later posts in the first open month."""
    from assets.ledger.close import Books, close_period

    lake = lakehouse(root)
    month = period.date().replace(day=1)
    last_day = date(month.year, month.month, monthrange(month.year, month.month)[1])
    as_of = refreshed_as_of(lake)
    if as_of is None or as_of < last_day:
        raise RtrError(
            "NOT_REFRESHED",
            f"The last refresh was as of {as_of or 'never'}: the journal does not hold the whole of {month:%Y-%m}.",
            f"Run `rtr refresh --as-of {last_day}` or later first.",
        )
    entry = close_period(
        lake,
        month,
        preparer=preparer or getpass.getuser(),
        approver=approver,
        recorded_at=datetime.now(UTC),
        books=Books(legal_entity),
    )
    rows = entry.balances.select("account", "currency", "amount").sort("account", "currency").rows()
    print_table(
        f"{month:%Y-%m} closed as entry {entry.sequence}; frozen:", ["account", "currency", "net"], rows, right_from=2
    )


def reopen(
    period: Period,
    reason: Annotated[str, typer.Option(help="Why; kept in the period log.")],
    approver: Annotated[str, typer.Option(help="Who approved; another person than the preparer.")],
    root: Root = DEFAULT_ROOT,
    preparer: Annotated[str | None, typer.Option(help="Who reopens; default the user.")] = None,
    legal_entity: Entity = "default",
) -> None:
    """Reopen the last closed month; the evidence of the close stays."""
    from assets.ledger.close import Books, reopen_period

    month = period.date().replace(day=1)
    entry = reopen_period(
        lakehouse(root),
        month,
        preparer=preparer or getpass.getuser(),
        approver=approver,
        reason=reason,
        recorded_at=datetime.now(UTC),
        books=Books(legal_entity),
    )
    out.print(f"{month:%Y-%m} reopened as entry {entry.sequence}. Run `rtr refresh` next.", highlight=False)
