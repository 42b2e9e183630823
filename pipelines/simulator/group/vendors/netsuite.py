"""NetSuite: records of the REST web services with their sub-resources expanded, as a tap writes them after each change.

https://system.netsuite.com/help/helpcenter/en_US/APIs/REST_API_Browser/record/v1/2023.1/index.html. Dates are days; amounts
are JSON numbers.
"""

from __future__ import annotations

from datetime import date, timedelta

from pipelines.simulator.group.ids import local
from pipelines.simulator.group.model import SHOP, Buyer, Copy, Payment, Refund, Sale
from pipelines.simulator.group.shape import Record, Shape, Told, moment

_API = "https://1234567.suitetalk.api.netsuite.com/services/rest/record/v1"


class NetSuite(Shape):
    """The ERP: it has no shop account of anybody, and knows customers by e-mail, tax id or the number that others note."""

    feed = "netsuite"

    def customer(self, buyer: Buyer, day: date) -> Told:
        """Whom the books know."""
        number = local(buyer.id_in(self.feed))
        known = {
            "entityId": f"CUST{number}",
            "companyName": f"{buyer.name}, Inc.",
            "isPerson": False,
            "email": buyer.email if buyer.known_by == "email" else None,
            "vatRegNumber": f"DE {100_000_000 + buyer.number}" if buyer.known_by == "tax_id" else None,
        }
        yield _record("customer", number, day, buyer.currency, known)

    def bill(self, copy: Copy, sale: Sale) -> Told:
        """The invoice. One of a sale of the shop may name the shop's order as the customer's reference."""
        first, net = sale.counted, copy.amount - sale.tax
        named = first.number if copy.named and first.system == SHOP else None
        term = {}
        if sale.served:
            start, end = sale.served
            term = {"revRecStartDate": str(start), "revRecEndDate": str(end - timedelta(days=1))}
        told = {
            "tranId": copy.number,
            "otherRefNum": named,
            "entity": {"id": local(copy.customer_id)},
            **_money(copy, net, sale.product, tax=sale.tax, **term),
            "dueDate": str(copy.day + timedelta(days=30)),
            "amountPaid": 0.0,
            "amountRemaining": copy.amount / 100,
        }
        yield _record("invoice", local(copy.id), copy.day, copy.currency, told)

    def payment(self, payment: Payment) -> Told:
        """The money, applied invoice by invoice."""
        applied = [_applied(document, amount) for document, amount in payment.documents.items()]
        told = {
            "customer": {"id": local(str(payment.customer_id))},
            "payment": payment.amount / 100,
            "paymentMethod": {"id": "4", "refName": "Bank transfer"},
            "apply": {"items": applied},
        }
        yield _record("customerPayment", local(payment.id), payment.day, payment.currency, told)

    def refund(self, refund: Refund, copy: Copy) -> Told:
        """The credit memo that answers the provider's refund."""
        if refund.note_id:
            number = local(refund.note_id)
            told = {
                "tranId": f"CM{number}",
                "entity": {"id": local(copy.customer_id)},
                **_money(copy, refund.amount, "Refund"),
                "total": refund.amount / 100,
                "apply": {"items": [_applied(copy.id, refund.amount)]},
            }
            yield _record("creditMemo", number, refund.day, copy.currency, told)


def _record(kind: str, number: str, day: date, currency: str, told: Record) -> tuple[date, Record]:
    changed = moment(day).isoformat().replace("+00:00", "Z")
    head = {
        "links": [{"rel": "self", "href": f"{_API}/{kind}/{number}"}],
        "id": number,
        "createdDate": changed,
        "lastModifiedDate": changed,
        "currency": {"id": "1", "refName": currency},
    }
    dated = {} if kind == "customer" else {"tranDate": str(day)}
    return day, head | dated | {name: value for name, value in told.items() if value is not None}


def _money(copy: Copy, net: int, product: str, tax: int = 0, **term: str) -> Record:
    line = {"line": 1, "item": {"id": "2", "refName": product}, "description": product, "quantity": 1.0}
    line |= {"rate": net / 100, "amount": net / 100, "tax1Amt": tax / 100, **term}
    return {"item": {"items": [line], "totalResults": 1}, "taxTotal": tax / 100, "total": copy.amount / 100}


def _applied(document: str, amount: int) -> Record:
    return {"apply": True, "doc": {"id": local(document)}, "amount": amount / 100, "type": "Invoice", "line": 0}
