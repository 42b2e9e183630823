"""QuickBooks objects of our own making, in the shapes of Intuit's documentation, with only the fields that matter."""

from __future__ import annotations

from typing import Any

Record = dict[str, Any]


def common(object_id: str, at: str = "2025-01-15T10:00:00-08:00", token: str = "0") -> Record:
    return {
        "Id": object_id,
        "SyncToken": token,
        "domain": "QBO",
        "sparse": False,
        "MetaData": {"CreateTime": "2025-01-15T10:00:00-08:00", "LastUpdatedTime": at},
        "CurrencyRef": {"value": "USD", "name": "United States Dollar"},
    }


def sold(number: int, amount: float, item: str = "2", **more: Any) -> Record:
    detail = {"ItemRef": {"value": item, "name": "Seat"}, "Qty": 1, "UnitPrice": amount, "TaxCodeRef": {"value": "TAX"}}
    line = {"Id": str(number), "LineNum": number, "Description": "Seats", "Amount": amount}
    return {**line, "DetailType": "SalesItemLineDetail", "SalesItemLineDetail": detail, **more}


def subtotal(amount: float) -> Record:
    return {"Amount": amount, "DetailType": "SubTotalLineDetail", "SubTotalLineDetail": {}}


def discount(amount: float) -> Record:
    return {"Amount": amount, "DetailType": "DiscountLineDetail", "DiscountLineDetail": {"PercentBased": False}}


def invoice(**more: Any) -> Record:
    return {
        **common("130"),
        "DocNumber": "1037",
        "TxnDate": "2025-01-15",
        "DueDate": "2025-02-14",
        "CustomerRef": {"value": "24", "name": "Sonnenschein Family Store"},
        "Line": [sold(1, 275.0), sold(2, 12.75), sold(3, 47.5), subtotal(335.25)],
        "TxnTaxDetail": {"TotalTax": 26.82},
        "TotalAmt": 362.07,
        "Balance": 362.07,
        "BillEmail": {"Address": "family@example.com"},
        "CustomField": [{"DefinitionId": "1", "Name": "P.O. Number", "Type": "StringType", "StringValue": "PO-77"}],
        "LinkedTxn": [{"TxnId": "99", "TxnType": "Estimate"}],
        **more,
    }


def payment(lines: list[tuple[float, str, str]], total: float, **more: Any) -> Record:
    return {
        **common("210"),
        "TxnDate": "2025-02-01",
        "TotalAmt": total,
        "UnappliedAmt": 0,
        "CustomerRef": {"value": "24"},
        "PaymentMethodRef": {"value": "2", "name": "Check"},
        "PaymentRefNum": "10264",
        "Line": [{"Amount": amount, "LinkedTxn": [{"TxnId": i, "TxnType": kind}]} for amount, kind, i in lines],
        **more,
    }


def one(entity: str, body: Record) -> Record:
    return {entity: body, "time": "2025-07-29T09:29:56.229-07:00"}


def query(entity: str, *bodies: Record) -> Record:
    return {"QueryResponse": {"startPosition": 1, entity: list(bodies), "maxResults": len(bodies)}, "time": "2025-07-29"}


def changes(entity: str, *bodies: Record) -> Record:
    return {
        "CDCResponse": [{"QueryResponse": [{entity: list(bodies), "startPosition": 1}]}],
        "time": "2025-07-29T09:00:00Z",
    }


def deleted(entity: str, object_id: str) -> Record:
    body = {"domain": "QBO", "status": "Deleted", "Id": object_id, "MetaData": {"LastUpdatedTime": "2025-03-01T00:00:00Z"}}
    return changes(entity, body)


def entry_line(number: str, amount: float, side: str, account: str, **more: Any) -> Record:
    detail = {"PostingType": side, "AccountRef": {"value": "39", "name": account}, **more}
    return {"Id": number, "Amount": amount, "DetailType": "JournalEntryLineDetail", "JournalEntryLineDetail": detail}


CREDIT_MEMO = {
    **common("73"),
    "DocNumber": "1026",
    "TxnDate": "2025-01-20",
    "CustomerRef": {"value": "24"},
    "Line": [sold(1, 100.0), subtotal(100.0)],
    "TxnTaxDetail": {"TotalTax": 8.0},
    "TotalAmt": 108.0,
    "Balance": 108.0,
}
RECEIPT = {
    **common("11"),
    "DocNumber": "1003",
    "TxnDate": "2025-01-14",
    "CustomerRef": {"value": "6"},
    "Line": [sold(1, 337.5), subtotal(337.5)],
    "TxnTaxDetail": {"TotalTax": 0},
    "TotalAmt": 337.5,
    "Balance": 0,
    "PaymentMethodRef": {"value": "2", "name": "Check"},
}
ENTRY = {
    **common("8"),
    "TxnDate": "2025-01-31",
    "Line": [
        entry_line("0", 1000.0, "Debit", "Deferred revenue"),
        entry_line("1", 1000.0, "Credit", "Revenue", Entity={"Type": "Customer", "EntityRef": {"value": "24"}}),
    ],
}
ITEM = {
    **{name: value for name, value in common("2").items() if name != "CurrencyRef"},
    "Name": "Seat",
    "Type": "Service",
    "Active": True,
    "UnitPrice": 275,
    "PurchaseCost": 80.5,
    "Sku": "SEAT",
    "IncomeAccountRef": {"value": "1", "name": "Services"},
}

SOUND: dict[str, Record] = {
    "invoice": one("Invoice", invoice()),
    "queried": query("Invoice", invoice(Id="131")),
    "changed": changes("Invoice", invoice(Id="132")),
    "delivered": {"delivery": {"topic": "Invoice", "currency": "USD"}, "body": invoice(Id="133", CurrencyRef=None)},
    "deleted": deleted("Invoice", "134"),
    "credit_memo": one("CreditMemo", CREDIT_MEMO),
    "receipt": one("SalesReceipt", RECEIPT),
    "refund": one("RefundReceipt", RECEIPT | {"Id": "104"}),
    "payment": one("Payment", payment([(300.0, "Invoice", "130"), (62.07, "Invoice", "131")], 362.07)),
    "payment_deleted": deleted("Payment", "211"),
    "entry": one("JournalEntry", ENTRY),
    "entry_deleted": deleted("JournalEntry", "9"),
    "bill": one(
        "Bill",
        {
            **common("25"),
            "DocNumber": "B-1",
            "TxnDate": "2025-01-05",
            "TotalAmt": 103.55,
            "Balance": 3.55,
            "VendorRef": {"value": "46"},
        },
    ),
    "customer": one(
        "Customer",
        {
            **common("24"),
            "DisplayName": "Sonnenschein",
            "PrimaryEmailAddr": {"Address": "f@example.com"},
            "BillAddr": {"Country": "US"},
        },
    ),
    "item": one("Item", ITEM),
}
