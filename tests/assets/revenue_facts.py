"""Facts written as a business tells them, for the tests of the rules: amounts in major units, moments in ISO 8601."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import polars as pl

from assets.ledger.accounts import CREDIT_NATURED, MODULES, Account
from assets.pipeline import compute, new_journal_lines, observe_and_recognise
from lakehouse.tables import gold, ops, silver

Row = tuple[str, dict[str, Any]]
BOOKED_AT = datetime(2030, 1, 1, tzinfo=UTC)
TABLES = {table.name: table for table in silver.TABLES}


def moment(text: str) -> datetime:
    """A moment in UTC; a bare date is its first."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def fact(table: str, object_id: str, at: str, *, event: str = "", **columns: Any) -> Row:
    """One row of silver; columns ending in _at, _from or _to are moments."""
    known = columns.pop("known_at", at)
    timed = {
        name: moment(value) if isinstance(value, str) and name.rsplit("_", 1)[-1] in ("at", "from", "to") else value
        for name, value in columns.items()
    }
    event = event or f"{object_id}@{known}"
    return table, {
        "row_key": f"test|{event}|{table}:{object_id}",
        "source": "test",
        "source_event_id": event,
        "channel": "file",
        "legal_entity_id": "default",
        "object_id": object_id,
        "effective_at": moment(at),
        "known_at": moment(known),
        "ingested_at": BOOKED_AT,
        "operation": "assert",
        "content_hash": "00",
        "event_month": moment(at).date().replace(day=1),
        **timed,
    }


def invoice(
    name: str,
    issued: str,
    lines: Sequence[tuple[str, str | None, str | None]],
    *,
    total: str | None = None,
    currency: str = "USD",
    at: str | None = None,
    **columns: Any,
) -> list[Row]:
    """A finalised invoice with lines of (net amount, service from, service to exclusive)."""
    told = at or issued
    event = f"{name}@{told}"
    amount = Decimal(total) if total is not None else sum((Decimal(a) for a, _, _ in lines), Decimal(0))
    shared = {"currency": currency, "event": event, "legal_entity_id": columns.pop("legal_entity_id", "default")}
    products = columns.pop("products", [None] * len(lines))
    head = {"kind": "invoice", "status": "open", "customer_id": "test:cus", "issued_at": issued, "total": amount}
    return [
        fact("documents", name, told, **shared, **(head | columns)),
        *(
            fact(
                "document_lines",
                f"{name}:il_{number}",
                told,
                document_id=name,
                line_number=number,
                amount=Decimal(net),
                service_from=start,
                service_to=end,
                product_id=products[number - 1],
                **shared,
            )
            for number, (net, start, end) in enumerate(lines, start=1)
        ),
    ]


def cash(kind: str, name: str, at: str, amount: str, **columns: Any) -> Row:
    """Money in (payment, dispute_reversal) or out (refund, dispute)."""
    direction = "in" if kind in ("payment", "dispute_reversal") else "out"
    stated = {"status": "succeeded", "currency": "USD", "direction": direction} | columns
    return fact("cash", name, at, kind=kind, amount=Decimal(amount), **stated)


def credit_note(name: str, at: str, of: str, total: str, **columns: Any) -> Row:
    """A credit note; `amount_paid` is the part that was refunded in cash."""
    stated = {"status": "paid", "currency": "USD", "issued_at": at, "corrects_document_id": of} | columns
    return fact("documents", name, at, kind="credit_note", total=Decimal(total), **stated)


def frames(rows: Iterable[Row]) -> dict[str, pl.DataFrame]:
    """The facts as silver tables."""
    by_table: dict[str, list[dict[str, Any]]] = {}
    for table, row in rows:
        by_table.setdefault(table, []).append(row)
    return {
        name: pl.DataFrame(
            [{column: row.get(column) for column in TABLES[name].column_names} for row in rows_of],
            schema=TABLES[name].polars_schema(),
        )
        for name, rows_of in by_table.items()
    }


def run(
    rows: Iterable[Row],
    as_of: str = "2029-12-31",
    *,
    held: pl.DataFrame | None = None,
    log: pl.DataFrame | None = None,
    **extra: pl.DataFrame,
) -> dict[str, pl.DataFrame]:
    """Every gold table; `journal` is the whole of it, what was held and what was appended."""
    before = gold.JOURNAL.empty() if held is None else held
    periods = ops.PERIOD_LOG.empty() if log is None else log
    results = compute(frames(rows) | extra, periods, before, date.fromisoformat(as_of), BOOKED_AT)
    return results | {"journal": pl.concat([before, results["journal"]]), "added": results["journal"]}


def posted(
    rows: Iterable[Row], as_of: str, held: pl.DataFrame | None = None, log: pl.DataFrame | None = None
) -> pl.DataFrame:
    """The whole journal after a refresh, without the marts."""
    before = gold.JOURNAL.empty() if held is None else held
    periods = ops.PERIOD_LOG.empty() if log is None else log
    computation = observe_and_recognise(frames(rows), date.fromisoformat(as_of))
    return pl.concat([before, new_journal_lines(computation, periods, before, BOOKED_AT)])


def period_log(*entries: tuple[str, str]) -> pl.DataFrame:
    """Closes and reopenings of all modules in order: ("close", "2024-01")."""
    rows = [
        {
            "legal_entity_id": "default",
            "book": "us_gaap",
            "module": module,
            "period": date.fromisoformat(f"{period}-01"),
            "sequence": number,
            "action": action,
            "preparer": "ann",
            "recorded_at": BOOKED_AT,
        }
        for number, (action, period) in enumerate(entries, start=1)
        for module in MODULES
    ]
    return ops.PERIOD_LOG.conform(pl.DataFrame(rows)) if rows else ops.PERIOD_LOG.empty()


def changes(journal: pl.DataFrame, currency: str = "USD") -> dict[str, dict[str, str]]:
    """Net change of each account by accounting month, each in its own natural direction, zeros left out."""
    rows = journal.filter(currency=currency).group_by("account", "accounting_period").agg(pl.col("amount").sum())
    found: dict[str, dict[str, str]] = {}
    for account, period, amount in rows.sort("account", "accounting_period").iter_rows():
        sign = -1 if Account(account) in CREDIT_NATURED else 1
        if amount:
            found.setdefault(account, {})[f"{period:%Y-%m}"] = f"{sign * amount:.2f}"
    return found


def after(day: str) -> str:
    """The day after an inclusive end."""
    return (date.fromisoformat(day) + timedelta(days=1)).isoformat()
