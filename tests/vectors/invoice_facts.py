"""Facts of one invoice and what becomes of it, from whatever of them a source gives.

Whatever is not said is told as it is usual: an invoice is finalised when its service begins, money moves whole.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from lakehouse.currencies import exponents
from tests.assets.revenue_facts import Row, after, cash, credit_note, fact, invoice
from tests.vectors.stated import day_of, days, movements

INVOICE, PAYMENT, SUBSCRIPTION = "test:in_1", "test:ch_1", "test:sub_1"

ISSUED = ("invoice_finalized", "finalized", "invoice_date", "invoiced", "issued", "created", "booked")
AMOUNT = ("amount", "line_total", "one_time_payment")
SERVICE = ("service_start", "service_end_inclusive", "service_end_exclusive", "days_needed_for_printed_numbers")
TAX = ("tax_rate", "tax_rate_exclusive", "inclusive", "tax_inclusive", "tax_exclusive")
PAID = ("paid", "paid_at_start", "payment", "payments", "invoice_paid", "paid_out_of_band", "processing_fee", "fee")
BALANCE = ("credit_balance_applied", "customer_balance_applied", "balance_owed_added_to_invoice", "credited_to_balance")
TAKEN_BACK = ("refund", "refunds", "disputed", "dispute", "dispute_won", "refund_total", "credit_note", "credit_notes")
ENDED = ("voided", "credit_note_voided", "uncollectible", "uncollectible_as_stated", "uncollectible_date_matching_numbers")
GIVEN = (
    *("currency", "lines", "invoice", "excluded", "cancelled", "as_of"),
    *(*ISSUED, *AMOUNT, *SERVICE, *TAX, *PAID, *BALANCE, *TAKEN_BACK, *ENDED),
)


def invoice_facts(given: dict[str, Any], name: str = INVOICE, *, paid_at_once: bool = False) -> list[Row]:
    """Everything that is said of one invoice."""
    currency = str(given.get("currency", "USD"))
    booked = issued(given)
    lines, total = _lines(given, currency)
    rows = _invoice(given, name, booked, lines, total, currency)
    payment = PAYMENT.replace("1", name.rsplit("_", 1)[-1])
    rows += _paid(given, name, payment, booked, total, currency, paid_at_once)
    named = {"payment_id": payment, "currency": currency}
    of_all = str(abs(Decimal(total)))
    for kind, keys in (
        ("refund", ("refund", "refunds")),
        ("dispute", ("disputed", "dispute")),
        ("dispute_reversal", ("dispute_won",)),
    ):
        stated = next((given[key] for key in keys if key in given), None)
        ended = day_of(str(given.get("cancelled", booked)))
        for number, (day, amount) in enumerate(movements(stated, ended, of_all)):
            rows.append(cash(kind, f"{name}:{kind}_{number}", day, amount, **named))
    if given.get("refund_total"):
        rows.append(cash("refund", f"{name}:refund", "2024-02-01", str(given["refund_total"]), **named))
    return [*rows, *_credit_notes(given, name, booked, named), *_beside(given, name, payment, booked, currency)]


def issued(given: dict[str, Any]) -> str:
    """When the invoice was finalised; where the source is silent, when its service begins or it is paid."""
    stated = [given.get(key) for key in (*ISSUED, "service_start", "invoice", "payment", "paid", "paid_out_of_band")]
    return next((day for day in map(days, stated) if day), "2024-01-01")


def served(part: dict[str, Any]) -> tuple[str | None, str | None]:
    """First day and exclusive end of service; those that the printed numbers need, where the source says others."""
    if needed := part.get("days_needed_for_printed_numbers"):
        first, last = str(needed).split(" ", maxsplit=1)[0].split("..")
        return first, after(last)
    start = part.get("service_start")
    if not start:
        return None, None
    if part.get("service_end_exclusive"):
        return str(start).rstrip("Z"), str(part["service_end_exclusive"]).rstrip("Z")
    inclusive = part.get("service_end_inclusive")
    return str(start).rstrip("Z"), after(str(inclusive)[:10]) if inclusive else None


def _amount(part: dict[str, Any]) -> str:
    stated = next((part[key] for key in AMOUNT if part.get(key) is not None), None)
    both = movements(part.get("invoice") or part.get("payment"), "", "0")
    return str(stated if stated is not None else both[0][1] if both else "0")


def _lines(given: dict[str, Any], currency: str) -> tuple[list[tuple[str, str | None, str | None]], str]:
    """Net amounts with their service, and the total with tax, as the billing system prints them."""
    step = Decimal(1).scaleb(-exponents()[currency])
    rate = Decimal(str(given.get("tax_rate", given.get("tax_rate_exclusive", "0"))).rstrip("%")) / 100
    told = given.get("lines") or [given]
    lines, total = [], Decimal(0)
    for line in told:
        own = line if isinstance(line, dict) else {"amount": line}
        stated = Decimal(_amount(own))
        inside = Decimal(str(own.get("tax_inclusive", "0")))
        net = (stated / (1 + rate)).quantize(step, ROUND_HALF_UP) if given.get("inclusive") else stated - inside
        lines.append((str(net), *served(own if "service_start" in own else given)))
        total += stated if given.get("inclusive") else stated * (1 + rate)
    total += Decimal(str(given.get("tax_exclusive", "0")))
    return lines, str(total.quantize(step, ROUND_HALF_UP))


def _invoice(given: dict[str, Any], name: str, booked: str, lines: Any, total: str, currency: str) -> list[Row]:
    """The invoice as it stood when issued, and as it stood after it was voided, given up, or marked as paid."""
    shared = {"total": total, "currency": currency} | ({"contract_id": SUBSCRIPTION} if given.get("cancelled") else {})
    told = invoice(name, booked, lines, **shared)
    voided = days(given.get("voided"))
    given_up = days(given.get("uncollectible", given.get("uncollectible_date_matching_numbers")))
    if voided or given_up:
        status = "void" if voided else "paid" if given.get("paid") else "uncollectible"
        last = max(day for day in (voided, given_up) if day)
        ended = {"status": status, "voided_at": voided, "uncollectible_at": given_up}
        told += invoice(name, booked, lines, at=last, **shared, **ended)
    if outside := days(given.get("paid_out_of_band")):
        marked = {"status": "paid", "paid_out_of_band": True, "paid_at": outside}
        told += invoice(name, booked, lines, at=outside, **shared, **marked)
    return told


def _paid(
    given: dict[str, Any], name: str, payment: str, booked: str, total: str, currency: str, paid_at_once: bool
) -> list[Row]:
    at_once = paid_at_once or any(given.get(key) for key in ("paid_at_start", "refund_total", "one_time_payment"))
    stated = next((given[key] for key in ("paid", "payment", "payments") if key in given), at_once)
    rows = []
    for number, (day, amount) in enumerate(movements(stated, booked, total)):
        own = payment if number == 0 else f"{payment}:{number}"
        rows.append(cash("payment", own, day, amount, document_id=name, currency=currency))
    return rows


def _credit_notes(given: dict[str, Any], name: str, booked: str, named: dict[str, str]) -> list[Row]:
    stated = given.get("credit_note", given.get("credit_notes")) or []
    several = stated if isinstance(stated, list) and not isinstance(stated[:1] and stated[0], str) else [stated]
    rows = []
    for number, note in enumerate(several if stated else []):
        told = note if isinstance(note, dict) else {}
        [(day, total)] = movements(note, booked)
        refunded = str(told.get("refund") or "0")
        of = f"{name}:cn_{number}"
        own = {"amount_paid": Decimal(refunded), "currency": named["currency"], "reason_code": told.get("reason")}
        rows.append(credit_note(of, day, name, total, **own))
        if Decimal(refunded):
            rows.append(cash("refund", f"{of}:re", day, refunded, **named))
        if voided := days(told.get("voided", given.get("credit_note_voided"))):
            gone = {"status": "void", "issued_at": day, "voided_at": voided, "event": f"{of}@{voided}"}
            rows.append(credit_note(of, voided, name, total, **own, **gone))
    return rows


def _beside(given: dict[str, Any], name: str, payment: str, booked: str, currency: str) -> list[Row]:
    """Balances of the customer, the processor's fee, exclusion, and a contract that is cancelled."""
    rows = []
    for key, direction in zip(BALANCE, ("in", "in", "out", "out"), strict=True):
        for day, amount in movements(given.get(key), booked):
            own = {"document_id": name, "direction": direction, "currency": currency}
            rows.append(cash("customer_balance", f"{name}:{key}", day, amount, **own))
    paid_on = days(given.get("paid", given.get("payment"))) or booked
    for day, amount in movements(given.get("processing_fee", given.get("fee")), paid_on):
        own = {"direction": "out", "payment_id": payment, "currency": currency}
        rows.append(cash("fee", f"{name}:fee", day, amount, **own))
    if excluded := days(given.get("excluded")):
        rows.append(fact("document_events", f"{name}:x", excluded, document_id=name, kind="excluded", reason="as stated"))
    if given.get("cancelled"):
        ends = day_of(str(given["cancelled"]))
        bound = {"customer_id": "test:cus", "currency": currency, "start_at": booked}
        rows.append(fact("contracts", SUBSCRIPTION, booked, status="active", **bound))
        rows.append(fact("contracts", SUBSCRIPTION, ends, status="canceled", end_at=ends, **bound))
    return rows
