"""Xero objects of our own making, in the shapes of Xero's documentation, with only the fields that matter."""

from __future__ import annotations

from typing import Any

Record = dict[str, Any]

CONTACT = {"ContactID": "025867f1", "Name": "City Agency"}
# 2025-01-15T00:00:00Z and 2025-02-14T00:00:00Z
JANUARY_15, FEBRUARY_14 = "/Date(1736899200000+0000)/", "/Date(1739491200000+0000)/"
UPDATED = "/Date(1736935200000+0000)/"  # 2025-01-15T10:00:00Z


def line(number: int, amount: float, tax: float = 0.0, **more: Any) -> Record:
    return {
        "LineItemID": f"52208ff9-{number}",
        "Description": "Onsite project management",
        "Quantity": 1.0,
        "UnitAmount": amount,
        "LineAmount": amount,
        "TaxAmount": tax,
        "ItemCode": "SEAT",
        "Item": {"ItemID": "item-1", "Code": "SEAT"},
        "AccountCode": "200",
        **more,
    }


def invoice(**more: Any) -> Record:
    return {
        "Type": "ACCREC",
        "InvoiceID": "243216c5",
        "InvoiceNumber": "OIT00546",
        "Reference": "PO-12",
        "Contact": CONTACT,
        "Date": JANUARY_15,
        "DateString": "2025-01-15T00:00:00",
        "DueDate": FEBRUARY_14,
        "LineAmountTypes": "Exclusive",
        "LineItems": [line(1, 1800.0, 225.0), line(2, 50.55, 6.32)],
        "SubTotal": 1850.55,
        "TotalTax": 231.32,
        "Total": 2081.87,
        "AmountDue": 2081.87,
        "AmountPaid": 0.0,
        "AmountCredited": 0.0,
        "CurrencyCode": "NZD",
        "Status": "AUTHORISED",
        "UpdatedDateUTC": UPDATED,
        **more,
    }


def credit_note(allocated: list[tuple[str, float]], refunded: float = 0.0, **more: Any) -> Record:
    return {
        "Type": "ACCRECCREDIT",
        "CreditNoteID": "aea95d78",
        "CreditNoteNumber": "CN-0001",
        "Contact": CONTACT,
        "Date": "2025-01-20T00:00:00",
        "LineAmountTypes": "Inclusive",
        "LineItems": [line(1, 112.5, 12.5)],
        "SubTotal": 100.0,
        "TotalTax": 12.5,
        "Total": 112.5,
        "RemainingCredit": 0.0,
        "Allocations": [{"Amount": amount, "Date": JANUARY_15, "Invoice": {"InvoiceID": i}} for i, amount in allocated],
        "Payments": [{"PaymentID": "p", "Amount": refunded}] if refunded else [],
        "CurrencyCode": "NZD",
        "Status": "PAID",
        "UpdatedDateUTC": "2025-01-20T10:00:00",
        **more,
    }


def payment(payment_id: str, invoice_id: str, amount: float, **more: Any) -> Record:
    return {
        "PaymentID": payment_id,
        "PaymentType": "ACCRECPAYMENT",
        "Status": "AUTHORISED",
        "Date": FEBRUARY_14,
        "Amount": amount,
        "BankAmount": amount,
        "Reference": "DD # 106680",
        "Account": {"AccountID": "a", "Code": "090"},
        "Invoice": {"InvoiceID": invoice_id, "InvoiceNumber": "OIT00546", "CurrencyCode": "NZD", "Contact": CONTACT},
        "UpdatedDateUTC": FEBRUARY_14,
        **more,
    }


REFUND = {
    **{name: value for name, value in payment("p9", "", 112.5).items() if name != "Invoice"},
    "PaymentType": "ARCREDITPAYMENT",
    "CreditNote": {"CreditNoteID": "aea95d78", "CurrencyCode": "NZD", "Contact": CONTACT},
}
MANUAL = {
    "ManualJournalID": "99cb8353",
    "Narration": "Accrual",
    "Date": "2025-01-31T00:00:00",
    "Status": "POSTED",
    "JournalLines": [
        {"LineAmount": 2569.0, "AccountCode": "720", "Description": "accrued"},
        {"LineAmount": -2569.0, "AccountCode": "800", "Description": "accrued"},
    ],
    "UpdatedDateUTC": UPDATED,
}
JOURNAL = {
    "JournalID": "1b31feeb",
    "JournalDate": JANUARY_15,
    "JournalNumber": 10379,
    "CreatedDateUTC": UPDATED,
    "SourceID": "243216c5",
    "SourceType": "ACCREC",
    "JournalLines": [
        {
            "AccountCode": "610",
            "AccountType": "CURRENT",
            "AccountName": "Receivable",
            "NetAmount": 2081.87,
            "GrossAmount": 2081.87,
        },
        {
            "AccountCode": "200",
            "AccountType": "REVENUE",
            "AccountName": "Sales",
            "NetAmount": -1850.55,
            "GrossAmount": -2081.87,
        },
        {
            "AccountCode": "820",
            "AccountType": "CURRLIAB",
            "AccountName": "GST",
            "NetAmount": -231.32,
            "GrossAmount": -231.32,
        },
    ],
}


def delivered(topic: str, body: Record, currency: str | None = "NZD") -> Record:
    return {"delivery": {"topic": topic, "currency": currency, "id": None, "at": None}, "body": body}


def listed(name: str, *bodies: Record) -> Record:
    return {
        "Id": "e997d6d7",
        "Status": "OK",
        "ProviderName": "App",
        "DateTimeUTC": "/Date(1551812346335)/",
        name: list(bodies),
    }


SOUND: dict[str, Record] = {
    "invoice": invoice(),
    "listed": listed("Invoices", invoice(InvoiceID="i2")),
    "delivered": delivered("Invoices", invoice(InvoiceID="i3")),
    "bill": invoice(InvoiceID="b1", Type="ACCPAY", AmountDue=81.87, AmountPaid=2000.0),
    "draft": invoice(InvoiceID="i4", Status="DRAFT", LineItems=[]),
    "deleted": invoice(InvoiceID="i5", Status="DELETED"),
    "credit_note": credit_note([("243216c5", 112.5)]),
    "payment": payment("p1", "243216c5", 2081.87),
    "refund": REFUND,
    "received": {
        "BankTransactionID": "bt1",
        "Type": "RECEIVE",
        "Status": "AUTHORISED",
        "Date": JANUARY_15,
        "Total": 30.0,
        "CurrencyCode": "NZD",
        "Contact": CONTACT,
        "UpdatedDateUTC": UPDATED,
    },
    "journal": delivered("Journals", JOURNAL),
    "manual": delivered("ManualJournals", MANUAL),
    "contact": {
        **CONTACT,
        "EmailAddress": "a@city.example",
        "TaxNumber": "12-345-678",
        "DefaultCurrency": "NZD",
        "Addresses": [{"AddressType": "POBOX", "Country": "New Zealand"}, {"AddressType": "STREET", "Country": "nz"}],
        "PaymentTerms": {"Sales": {"Day": 20, "Type": "DAYSAFTERBILLDATE"}},
        "UpdatedDateUTC": UPDATED,
    },
    "item": delivered(
        "Items",
        {
            "ItemID": "item-1",
            "Code": "SEAT",
            "Name": "Seat",
            "PurchaseDetails": {"UnitPrice": 10.5},
            "SalesDetails": {"UnitPrice": 1800.0, "AccountCode": "200"},
            "UpdatedDateUTC": UPDATED,
        },
    ),
}
