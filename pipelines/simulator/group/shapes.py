"""How a system says things: its records, ready to be written as JSON lines.

A shape is all that is to be written for the events of a vendor; `NativeShape` says everything in the shape of the tables,
under ids that bear the vendor's name (`pipelines.systems.native`). Put a vendor's own in its place in `SHAPES`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Protocol

from pipelines.simulator.group.model import BILLING, CRM, ERP, SHOP, Buyer, Copy, Payment, Refund, Sale, Subscription

Record = dict[str, Any]


class Shape(Protocol):
    """What a system can be asked to say; each gives its records, with the day on which they are told."""

    feed: str
    """Name for `rtr ingest --system`."""

    def customer(self, buyer: Buyer, day: date) -> Iterator[tuple[date, Record]]: ...
    def bill(self, copy: Copy, sale: Sale) -> Iterator[tuple[date, Record]]: ...
    def payment(self, payment: Payment) -> Iterator[tuple[date, Record]]: ...
    def contract(self, subscription: Subscription) -> Iterator[tuple[date, Record]]: ...
    def refund(self, refund: Refund, copy: Copy) -> Iterator[tuple[date, Record]]: ...
    def deal(self, subscription: Subscription) -> Iterator[tuple[date, Record]]: ...
    def usage(self, subscription: Subscription, day: date, calls: int) -> Iterator[tuple[date, Record]]: ...


def major(amount: int) -> str:
    """Minor units of a currency with two decimals as a decimal string."""
    return f"{Decimal(amount).scaleb(-2):f}"


@dataclass
class NativeShape:
    """Facts in the shape of the tables, one a line, each an event of its own."""

    system: str
    feed: str = "native"
    _told: int = field(default=0, init=False)

    def fact(self, table: str, object_id: str, day: date, **columns: Any) -> tuple[date, Record]:
        """One line. Rows that no reader would miss, such as empty columns, are left out."""
        self._told += 1
        stated = {name: value for name, value in columns.items() if value is not None}
        line = {"table": table, "source_event_id": f"{self.system}-evt-{self._told}", "object_id": object_id}
        return day, line | {"effective_at": f"{day}T09:00:00Z"} | stated

    def names(
        self, object_id: str, kind: str, relation: str, reference: tuple[str | None, str, str], day: date
    ) -> tuple[date, Record]:
        """A reference that the system makes to another."""
        system, what, text = reference
        stated = {"reference_system": system, "reference_kind": what, "reference": text}
        return self.fact("external_references", object_id, day, object_kind=kind, relation=relation, **stated)

    def customer(self, buyer: Buyer, day: date) -> Iterator[tuple[date, Record]]:
        name = buyer.id_in(self.system)
        knows_address = self.system in (BILLING, SHOP) or (self.system == ERP and buyer.known_by == "email")
        called = f"{buyer.name}, Inc." if self.system in (ERP, CRM) else buyer.name
        yield self.fact("customers", name, day, name=called, email=buyer.email if knows_address else None)
        if self.system in (BILLING, ERP) and buyer.known_by == "tax_id":
            yield self.names(name, "customer", "names", (None, "tax_id", f"DE {100_000_000 + buyer.number}"), day)
        if self.system == ERP and buyer.known_by == "billing_id":
            own = buyer.id_in(BILLING).partition(":")[2]
            yield self.names(name, "customer", "same_as", (BILLING, "object_id", own), day)
        if self.system == CRM:
            yield self.names(name, "customer", "names", (None, "website", f"https://www.{buyer.domain}/"), day)

    def bill(self, copy: Copy, sale: Sale) -> Iterator[tuple[date, Record]]:
        contract = sale.subscription.ids.get(self.system) if sale.subscription else None
        parties = {"customer_id": copy.customer_id, "contract_id": contract, "currency": copy.currency}
        net = copy.amount - sale.tax
        money = {"subtotal": major(net), "tax": major(sale.tax), "total": major(copy.amount)}
        state = {"kind": "invoice", "status": "open", "number": copy.number, "issued_at": f"{copy.day}T09:00:00Z"}
        yield self.fact("documents", copy.id, copy.day, **state, **parties, **money)
        served = {"service_from": str(sale.served[0]), "service_to": str(sale.served[1])} if sale.served else {}
        line = {"document_id": copy.id, "line_number": 1, "amount": major(net), "description": sale.product}
        yield self.fact(
            "document_lines", f"{copy.id}-1", copy.day, currency=copy.currency, contract_id=contract, **line, **served
        )
        if copy.names:
            relation = "derives_from" if self.system == ERP else "same_as"
            yield self.names(copy.id, "document", relation, copy.names, copy.day)
        if self.system == ERP:
            yield from self._ledger_entry(copy, sale)

    def _ledger_entry(self, copy: Copy, sale: Sale) -> Iterator[tuple[date, Record]]:
        entry = copy.id.replace("bill", "entry")
        amounts = (("1200 Receivables", copy.amount), ("4000 Sales", sale.tax - copy.amount), ("2200 Tax", -sale.tax))
        stated = {"entry_id": entry, "posted_on": str(copy.day), "currency": copy.currency, "document_id": copy.id}
        for number, (account, amount) in enumerate(amounts, start=1):
            if amount:
                line = {"account": account, "amount": major(amount), "line_number": number}
                yield self.fact("ledger_entries", f"{entry}-{number}", copy.day, **line, **stated)

    def payment(self, payment: Payment) -> Iterator[tuple[date, Record]]:
        stated = {"direction": "in", "kind": "payment", "status": "succeeded", "amount": major(payment.amount)}
        parties = {"currency": payment.currency, "customer_id": payment.customer_id}
        only = next(iter(payment.documents)) if len(payment.documents) == 1 and self.system != ERP else None
        yield self.fact("cash", payment.id, payment.day, document_id=only, **stated, **parties)
        if only is None:
            for document, amount in payment.documents.items():
                applied = {"cash_id": payment.id, "document_id": document, "amount": major(amount)}
                name = f"{payment.id}-{document.partition(':')[2]}"
                yield self.fact("cash_applications", name, payment.day, currency=payment.currency, **applied)
        if payment.names:
            yield self.names(payment.id, "cash", "derives_from", payment.names, payment.day)

    def contract(self, subscription: Subscription) -> Iterator[tuple[date, Record]]:
        name, start, buyer = subscription.ids[self.system], subscription.starts[self.system], subscription.buyer
        stated = {"status": "active", "currency": buyer.currency, "start_at": f"{start}T09:00:00Z"}
        yield self.fact("contracts", name, start, customer_id=buyer.id_in(self.system), **stated)
        line = {"contract_id": name, "quantity": "1", "unit_price": major(subscription.price), "currency": buyer.currency}
        terms = {"billing_interval": "month", "billing_interval_count": 1, "usage_type": "licensed"}
        yield self.fact("contract_lines", f"{name}-1", start, **line, **terms)

    def refund(self, refund: Refund, copy: Copy) -> Iterator[tuple[date, Record]]:
        """The payment provider gives money back; the ERP, asked for the same, writes a credit note."""
        if self.system == BILLING:
            stated = {"direction": "out", "kind": "refund", "status": "succeeded", "amount": major(refund.amount)}
            yield self.fact("cash", refund.id, refund.day, payment_id=refund.payment_id, currency=copy.currency, **stated)
        elif refund.note_id:
            stated = {"kind": "credit_note", "status": "open", "issued_at": f"{refund.day}T09:00:00Z"}
            parties = {"customer_id": copy.customer_id, "corrects_document_id": copy.id, "currency": copy.currency}
            yield self.fact("documents", refund.note_id, refund.day, total=major(refund.amount), **stated, **parties)

    def deal(self, subscription: Subscription) -> Iterator[tuple[date, Record]]:
        """The CRM won a deal, and made an offer from which the contract came."""
        number, day, buyer = subscription.id, subscription.start, subscription.buyer
        who = {"customer_id": buyer.id_in(self.system), "currency": buyer.currency}
        won = {"stage": "Closed Won", "status": "won", "amount": major(subscription.price * 12), "close_date": str(day)}
        yield self.fact("opportunities", f"{self.system}:deal-{number}", day, **won, **who)
        offer = {"status": "accepted", "opportunity_id": f"{self.system}:deal-{number}", "total": major(subscription.price)}
        yield self.fact(
            "quotes", f"{self.system}:quote-{number}", day, contract_id=subscription.ids[BILLING], **offer, **who
        )

    def usage(self, subscription: Subscription, day: date, calls: int) -> Iterator[tuple[date, Record]]:
        who = {"customer_id": subscription.buyer.id_in(self.system), "contract_id": subscription.ids[self.system]}
        name = f"{self.system}:calls-{subscription.id}-{day}"
        yield self.fact("usage", name, day, meter="api_calls", quantity=str(calls), unit="call", **who)


def native_shapes() -> dict[str, Shape]:
    """A shape for each system of the company."""
    return {system: NativeShape(system) for system in (BILLING, SHOP, ERP, CRM)}
