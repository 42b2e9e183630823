"""What is recognised and what is deferred, worked out from the simulator's own invoices.

This is the yardstick for the rules of revenue, so it shares nothing with them: it walks invoice by invoice and month end by
month end over plain objects and exact fractions, and counts days of service that are still to come.

Rules (the project's accounting specification; compare Stripe's revenue recognition methodology):
* A line's net amount is earned day by day over its service, or at once on the day it is booked where it has none.
* A proration that waits for its invoice is earned as it is served, from the day on which it was made.
* What is taken back (gross, in order of time) is shared by lines and tax in proportion, cumulatively, and never exceeds the
  invoice's total.
* A balance is rounded half to even where it is reported; a movement is the difference of two balances.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from pipelines.simulator.documents import Invoice, Line
from pipelines.simulator.moments import day_of


@dataclass(frozen=True)
class TakeBack:
    """Part of an invoice taken back: gross, tax included. `is_bad_debt` marks a write-off that may be recovered."""

    moment: int
    object_id: str
    amount: int
    is_bad_debt: bool = False


@dataclass(frozen=True)
class Balance:
    """An invoice at the end of a day, in minor units: everything to date."""

    booked: int = 0
    taken_back: int = 0
    recovered: int = 0
    deferred: int = 0
    unbilled: int = 0

    @property
    def recognised(self) -> int:
        """Net revenue to date: whatever was booked, not taken back and is not still owed as service, and what of charges
        that wait for an invoice was served."""
        return self.booked - self.taken_back + self.recovered - self.deferred + self.unbilled

    def __add__(self, other: Balance) -> Balance:
        return Balance(
            self.booked + other.booked,
            self.taken_back + other.taken_back,
            self.recovered + other.recovered,
            self.deferred + other.deferred,
            self.unbilled + other.unbilled,
        )


def service_days(line: Line) -> range:
    """Days of service as day numbers; empty for a point in time."""
    return range(day_of(line.start).toordinal(), day_of(line.end).toordinal())


def still_to_serve(line: Line, amount: int, first_day: int) -> int:
    """The part of an amount that belongs to service on or after that day number, rounded half to even."""
    days = service_days(line)
    left = len(range(max(days.start, first_day), days.stop))
    return round(Fraction(amount * left, len(days))) if left else 0


def take_backs(invoice: Invoice) -> list[TakeBack]:
    """All that was taken back from an invoice, in order: refunds, disputes, credit notes, void, write-off."""
    found: list[TakeBack] = []
    for charge in invoice.charges:
        found += [TakeBack(r.created, r.id, r.amount) for r in charge.refunds if r.status == "succeeded"]
        dispute = charge.dispute
        if dispute is not None and dispute.withdrawn:
            found.append(TakeBack(dispute.created, dispute.id, dispute.amount))
    # The part of a credit note that went back in cash is among the refunds already.
    found += [TakeBack(note.created, note.id, note.total - note.refunded) for note in invoice.credit_notes if note.counts]
    for moment, bad_debt in ((invoice.voided_at, False), (invoice.uncollectible_at, True)):
        if moment is not None:
            paid = sum(charge.amount for charge in invoice.charges if charge.succeeded and charge.created < moment)
            credited = sum(note.total for note in invoice.credit_notes if note.counts and note.created < moment)
            found.append(TakeBack(moment, invoice.id, invoice.total - paid - credited, bad_debt))
    return sorted(found, key=lambda take_back: (take_back.moment, take_back.object_id))


def share_of_lines(invoice: Invoice, gross: int) -> list[int]:
    """How much of a gross amount falls on each line; the rest is tax. At the invoice's total each bears all it has."""
    shares, upto = [], 0
    for line in invoice.lines:
        before, upto = upto, upto + line.net
        shares.append(round(Fraction(gross * upto, invoice.total)) - round(Fraction(gross * before, invoice.total)))
    return shares


def recovered_revenue(invoice: Invoice, day: date) -> int:
    """What a payment of a bad debt gives back to revenue by that day: what of the write-off had been recognised."""
    if invoice.uncollectible_at is None:
        return 0
    written_off = invoice.uncollectible_at
    if not any(c.succeeded and c.created > written_off and day_of(c.created) <= day for c in invoice.charges):
        return 0
    gross, earned = 0, 0
    for take_back in take_backs(invoice):
        shares_before = share_of_lines(invoice, min(gross, invoice.total))
        gross += take_back.amount
        if take_back.is_bad_debt:
            first_day = day_of(take_back.moment).toordinal()
            for line, before, after in zip(
                invoice.lines, shares_before, share_of_lines(invoice, min(gross, invoice.total)), strict=True
            ):
                released = still_to_serve(line, line.net - before, first_day) - still_to_serve(
                    line, line.net - after, first_day
                )
                earned += after - before - released
    return earned


def balance_at(invoice: Invoice, day: date, taken: list[TakeBack] | None = None) -> Balance:
    """An invoice at the end of a day; before the day it is booked only what its prorations earned while they waited.
    `taken` spares finding the take-backs again."""
    if invoice.finalized_at is None or day_of(invoice.finalized_at) > day:
        return Balance(unbilled=sum(served_unbilled(line, line.net, day) for line in invoice.lines))
    taken = take_backs(invoice) if taken is None else taken
    gross = sum(take_back.amount for take_back in taken if day_of(take_back.moment) <= day)
    shares = share_of_lines(invoice, min(gross, invoice.total)) if gross else [0] * len(invoice.lines)
    tomorrow = day.toordinal() + 1
    return Balance(
        booked=sum(line.net for line in invoice.lines),
        taken_back=sum(shares),
        recovered=recovered_revenue(invoice, day) if taken else 0,
        deferred=sum(
            still_to_serve(line, line.net - share, tomorrow) for line, share in zip(invoice.lines, shares, strict=True)
        ),
    )


def served_unbilled(line: Line, amount: int, day: date) -> int:
    """What of a proration that waits for its invoice was served by the end of a day, from the day on which it was made."""
    if line.waits_since is None or day_of(line.waits_since) > day:
        return 0
    return amount - still_to_serve(line, amount, day.toordinal() + 1)


def revenue_by_month(
    invoices: Iterable[Invoice], month_ends: list[date], prorations: Iterable[Line] = ()
) -> dict[str, list[Balance]]:
    """Balances to date of each currency at each month's end. `prorations`: every one that was told as a pending item; those
    that no invoice billed count with the amount of the item."""
    totals: dict[str, list[Balance]] = {}
    invoices = list(invoices)
    billed = {line.id for invoice in invoices if invoice.finalized_at is not None for line in invoice.lines}
    for line in prorations:
        if line.id not in billed:
            balances = totals.setdefault(line.price.currency, [Balance()] * len(month_ends))
            waiting = [Balance(unbilled=served_unbilled(line, line.amount, month_end)) for month_end in month_ends]
            balances[:] = [balance + more for balance, more in zip(balances, waiting, strict=True)]
    for invoice in invoices:
        if invoice.finalized_at is None:
            continue
        balances = totals.setdefault(invoice.customer.currency, [Balance()] * len(month_ends))
        taken = take_backs(invoice)
        settled: Balance | None = None
        last_change = max([day_of(line.end) for line in invoice.lines] + [day_of(t.moment) for t in taken])
        if invoice.uncollectible_at is not None:
            last_change = max([last_change] + [day_of(charge.created) for charge in invoice.charges])
        for index, month_end in enumerate(month_ends):
            if settled is None:
                balance = balance_at(invoice, month_end, taken)
                if month_end >= max(last_change, day_of(invoice.finalized_at)):
                    settled = balance
            else:
                balance = settled
            balances[index] = balances[index] + balance
    return totals
