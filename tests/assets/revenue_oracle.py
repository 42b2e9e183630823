"""The accounting of invoices once more, one line and one day at a time with Python's fractions, to judge the rules by.

Written from the definitions (deferred(d) = (A - R(d)) * (T - e(d)) / T, half to even; shares by running sums), not from the
code: it shares none with the rules.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction


@dataclass(frozen=True)
class Line:
    """Net amount in minor units and service days, the end exclusive; none for a point in time."""

    amount: int
    start: date | None
    end: date | None


@dataclass(frozen=True)
class TakeBack:
    """What is taken of an invoice on a day, gross, in minor units; `at` orders those of one invoice."""

    kind: str
    day: date
    gross: int


@dataclass(frozen=True)
class Invoice:
    """A finalised invoice; take-backs in order."""

    booked: date
    total: int
    lines: list[Line]
    taken: list[TakeBack] = field(default_factory=list)
    monthly: bool = False


def line_units(line: Line, invoice: Invoice) -> int:
    if line.start is None or line.end is None or line.end <= line.start:
        return 1
    if invoice.monthly:
        return max(1, (line.end.year - line.start.year) * 12 + line.end.month - line.start.month)
    return (line.end - line.start).days


def elapsed(line: Line, invoice: Invoice, day: date, *, at_end: bool) -> int:
    """Units performed by the end of a day, or when it begins."""
    total = line_units(line, invoice)
    if line.start is None or line.end is None or line.end <= line.start:
        return int(day >= invoice.booked)
    if invoice.monthly:
        passed = (day.year - line.start.year) * 12 + day.month - line.start.month + at_end
    else:
        passed = (day - line.start).days + at_end
    return min(max(passed, 0), total)


def line_shares(invoice: Invoice, reached: int) -> list[int]:
    """Each line's part of a sum taken back of the invoice."""
    if not invoice.total:
        return [0 for _ in invoice.lines]
    shares, running = [], 0
    for line in invoice.lines:
        before = round(Fraction(reached * running, invoice.total))
        running += line.amount
        shares.append(round(Fraction(reached * running, invoice.total)) - before)
    return shares


def capped(invoice: Invoice, until: date) -> int:
    """What is taken back by the end of a day, never more than the invoice."""
    asked = sum(t.gross for t in invoice.taken if max(t.day, invoice.booked) <= until)
    return max(0, min(asked, max(invoice.total, 0)))


def deferred_and_net(invoice: Invoice, day: date) -> tuple[int, int]:
    """Deferred revenue and net revenue to date at the end of a day from the booking on."""
    deferred = net = 0
    for line, returned in zip(invoice.lines, line_shares(invoice, capped(invoice, day)), strict=True):
        total = line_units(line, invoice)
        left = total - elapsed(line, invoice, day, at_end=True)
        of_line = round(Fraction((line.amount - returned) * left, total))
        deferred += of_line
        net += line.amount - returned - of_line
    return deferred, net


def contra_by_kind(invoice: Invoice) -> dict[str, int]:
    """Contra revenue of each kind of take-back over the invoice's life."""
    found: dict[str, int] = {}
    asked = 0
    for take in invoice.taken:
        day = max(take.day, invoice.booked)
        cap = max(invoice.total, 0)
        before, asked = min(asked, cap), asked + take.gross
        shares = zip(line_shares(invoice, before), line_shares(invoice, min(asked, cap)), strict=True)
        for line, (old, new) in zip(invoice.lines, shares, strict=True):
            total = line_units(line, invoice)
            left = total - elapsed(line, invoice, day, at_end=False)
            released = round(Fraction((line.amount - old) * left, total)) - round(
                Fraction((line.amount - new) * left, total)
            )
            found[take.kind] = found.get(take.kind, 0) + new - old - released
    return found


def month_end(month: date) -> date:
    return (month.replace(day=1) + timedelta(days=31)).replace(day=1) - timedelta(days=1)
