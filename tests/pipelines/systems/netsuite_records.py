"""NetSuite records of our own making, as the REST web services give them with sub-resources expanded."""

from __future__ import annotations

from typing import Any

Record = dict[str, Any]


def named(number: str, name: str | None = None) -> Record:
    return {"links": [], "id": number, "refName": name}


def record(kind: str, number: str, **more: Any) -> Record:
    href = f"https://acme.suitetalk.api.netsuite.com/services/rest/record/v1/{kind}/{number}"
    return {
        "links": [{"rel": "self", "href": href}],
        "id": number,
        "createdDate": "2025-01-15T18:00:00Z",
        "lastModifiedDate": "2025-01-15T18:00:00Z",
        "currency": named("1", "USA"),
        "entity": named("24", "Acme"),
        **more,
    }


def item(line: int, amount: float, **more: Any) -> Record:
    return {"line": line, "item": named("2", "Seat"), "quantity": 1.0, "rate": amount, "amount": amount, **more}


def to(document: str, amount: float, chosen: bool = True) -> Record:
    return {"apply": chosen, "doc": named(document, f"Invoice #{document}"), "amount": amount, "type": "Invoice", "line": 0}


def invoice(number: str = "1234", **more: Any) -> Record:
    return record(
        "invoice",
        number,
        **{
            "tranId": "INV1001",
            "tranDate": "2025-01-15",
            "dueDate": "2025-02-14",
            "status": named("open", "Open"),
            "otherRefNum": "PO-77",
            "externalId": "erp-1",
            "email": "pay@acme.com",
            "createdFrom": named("99", "Sales Order #SO99"),
            "item": {
                "items": [
                    item(1, 1200.0, revRecStartDate="2025-01-01", revRecEndDate="2025-12-31", tax1Amt=96.0),
                    item(3, 100.0),
                    item(4, 1300.0, itemType={"id": "Subtotal", "refName": "Subtotal"}),
                ],
                "totalResults": 3,
            },
            "discountTotal": -130.0,
            "shippingCost": 15.5,
            "taxTotal": 93.6,
            "total": 1279.1,
            "amountPaid": 0.0,
            "amountRemaining": 1279.1,
        }
        | more,
    )


def credit_memo(applied: list[Record], **more: Any) -> Record:
    return record(
        "creditMemo",
        "1300",
        tranId="CM7",
        tranDate="2025-01-20",
        item={"items": [item(1, 100.0)]},
        taxTotal=8.0,
        total=108.0,
        apply={"items": applied},
        **more,
    )


def payment(number: str, amount: float, applied: list[Record], **more: Any) -> Record:
    return record(
        "customerPayment",
        number,
        tranDate="2025-02-01",
        customer=named("24", "Acme"),
        payment=amount,
        paymentMethod=named("1", "Check"),
        apply={"items": applied},
        **more,
    )


ORDER = record(
    "salesOrder",
    "99",
    tranId="SO99",
    tranDate="2025-01-10",
    status=named("B", "Pending Fulfillment"),
    otherRefNum="PO-77",
    startDate="2025-01-01",
    endDate="2025-12-31",
    item={"items": [item(1, 1200.0, revRecStartDate="2025-01-01", revRecEndDate="2025-12-31")]},
    total=1200.0,
)
ENTRY = record(
    "journalEntry",
    "1500",
    tranDate="2025-01-31",
    line={
        "items": [
            {"line": 0, "account": named("39", "2400 Deferred Revenue"), "debit": 1000.0, "memo": "January"},
            {"line": 1, "account": named("40", "4000 Revenue"), "credit": 1000.0, "entity": named("24")},
        ]
    },
)

SOUND: dict[str, Record] = {
    "invoice": invoice(),
    "typed": {name: value for name, value in invoice("1235").items() if name != "links"} | {"recordType": "invoice"},
    "delivered": {
        "delivery": {"topic": "invoice", "currency": "USD"},
        "body": invoice("1236", currency=named("9", "Our dollars")),
    },
    "credit_memo": credit_memo([to("1234", 108.0)]),
    "payment": payment("1400", 1279.1, [to("1234", 1279.1), to("1235", 50.0, chosen=False)]),
    "refund": record("customerRefund", "1401", tranDate="2025-02-02", total=108.0, apply={"items": [to("1300", 108.0)]}),
    "order": ORDER,
    "entry": ENTRY,
    "bill": record("vendorBill", "1600", tranId="B-1", tranDate="2025-01-05", total=103.55, amountRemaining=3.55),
    "customer": record(
        "customer",
        "24",
        entityId="C-24",
        companyName="Acme",
        isPerson=False,
        email="pay@acme.com",
        vatRegNumber="DE123456789",
        externalId="crm-24",
        custentity_celigo_sfnc_salesforce_id="0014H00002LbR7QQAV",
    ),
    "item": record(
        "inventoryItem",
        "2",
        itemId="SEAT",
        displayName="Seat",
        averageCost=80.25,
        cost=82.0,
        incomeAccount=named("40", "4000"),
    ),
}
