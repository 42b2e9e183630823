"""Found against printed: every printed leaf, exactly, at the precision at which it is printed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

ACCOUNTS, JOURNAL = "account_changes", "journal"
# Accounts that sources name otherwise than we do.
NAMED_HERE = {"Receivable": "AccountsReceivable"}
_MISSING = object()


def differences(
    found: Any, expected: dict[str, Any], skipped: dict[str, str], tolerance: dict[str, str] | None = None
) -> list[str]:
    """One line for each printed leaf that gold does not say; and for what an account does beside what is printed."""
    if JOURNAL in expected:
        found = found | {JOURNAL: netted(found[JOURNAL])}
        expected = expected | {JOURNAL: netted(expected[JOURNAL])}
    unequal = []
    for path, printed in leaves(expected):
        if any(name in skipped for name in path):
            continue
        said = at(found, path)
        allowed = next((Decimal((tolerance or {})[name]) for name in path if name in (tolerance or {})), Decimal(0))
        if not agree(said, printed, allowed):
            shown = "nothing" if said is _MISSING else repr(said)
            unequal.append(f"{'.'.join(path)}: printed {printed!r}, gold says {shown}")
    return unequal + beside_what_is_printed(found, expected, skipped)


def netted(entries: list[Any]) -> dict[str, dict[str, str]]:
    """What each account moves by on each day, debits positive: entries may be split and paired in many ways.

    An entry is [day, debit, credit, amount, ...] as sources print it, or [day, account, amount] as a journal holds it.
    """
    moved: dict[str, dict[str, Decimal]] = {}
    for day, *rest in entries:
        signed = (
            [(rest[0], Decimal(rest[1]))] if len(rest) == 2 else [(rest[0], Decimal(rest[2])), (rest[1], -Decimal(rest[2]))]
        )
        by_account = moved.setdefault(day, {})
        for account, amount in signed:
            name = NAMED_HERE.get(account, account)
            by_account[name] = by_account.get(name, Decimal(0)) + amount
    return {
        day: {account: str(amount) for account, amount in accounts.items() if amount}
        for day, accounts in moved.items()
        if any(accounts.values())
    }


def leaves(value: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Every scalar or list of an expectation with the way to it; lists are one leaf, their order counts."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from leaves(inner, (*path, str(name)))
    else:
        yield path, value


def at(found: Any, path: tuple[str, ...]) -> Any:
    for name in path:
        if not isinstance(found, dict) or name not in found:
            return _MISSING
        found = found[name]
    return found


def agree(said: Any, printed: Any, allowed: Decimal = Decimal(0)) -> bool:
    """Whether a value of gold is the printed one; a number at its printed precision, a share as per cent."""
    if isinstance(printed, list):
        same = isinstance(said, list) and len(said) == len(printed)
        return same and all(agree(a, b, allowed) for a, b in zip(said, printed, strict=True))
    if isinstance(printed, dict):
        return isinstance(said, dict) and all(agree(said.get(k, _MISSING), v, allowed) for k, v in printed.items())
    number, actual = number_of(printed), number_of(said)
    if number is None or actual is None or isinstance(printed, bool):
        return said is not _MISSING and bool(said == printed)
    if allowed:
        return abs(actual - number) <= allowed
    step = Decimal(1).scaleb(exponent(str(printed)) - (2 if str(printed).endswith("%") else 0))
    # Sources round a half either way; ours is exact before it is printed.
    return number in (actual.quantize(step, ROUND_HALF_EVEN), actual.quantize(step, ROUND_HALF_UP))


def number_of(value: Any) -> Decimal | None:
    """A number as printed: "1000.00", 12, "51.2%"."""
    text = str(value)
    try:
        return Decimal(text[:-1]) / 100 if text.endswith("%") else Decimal(text)
    except InvalidOperation:
        return None


def exponent(printed: str) -> int:
    value = Decimal(printed.rstrip("%")).as_tuple().exponent
    assert isinstance(value, int)
    return min(value, 0)


def beside_what_is_printed(found: Any, expected: dict[str, Any], skipped: dict[str, str]) -> list[str]:
    """Accounts that are printed move in no other month up to the last that is printed; a journal has no other entry."""
    entries = [
        f"{JOURNAL}.{day}.{account}: nothing printed, gold says {amount}"
        for day, accounts in (found[JOURNAL] if JOURNAL in expected else {}).items()
        for account, amount in accounts.items()
        if account not in expected[JOURNAL].get(day, {})
    ]
    printed = expected.get(ACCOUNTS, {})
    said = found.get(ACCOUNTS, {}) if isinstance(found, dict) else {}
    last = max((month for by_month in printed.values() for month in by_month), default="")
    return entries + [
        f"{ACCOUNTS}.{account}.{month}: nothing printed, gold says {amount}"
        for account, by_month in printed.items()
        if account not in skipped
        for month, amount in said.get(account, {}).items()
        if month <= last and month not in by_month and Decimal(amount) != 0
    ]


def as_text(value: Any) -> str:
    return json.dumps(value, default=str, sort_keys=True)
