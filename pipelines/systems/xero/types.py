"""Xero objects that carry facts, by the name of their list. All others are unmapped."""

from __future__ import annotations

from pipelines.systems.reading import Kind
from pipelines.systems.xero import cash, documents, ledger, parties

KINDS: dict[str, Kind] = {**documents.KINDS, **cash.KINDS, **ledger.KINDS, **parties.KINDS}

# The id by which an object is told from others, the more telling first.
OWN_IDS = {
    "Payments": "PaymentID",
    "BankTransactions": "BankTransactionID",
    "CreditNotes": "CreditNoteID",
    "ManualJournals": "ManualJournalID",
    "Journals": "JournalID",
    "Invoices": "InvoiceID",
    "Items": "ItemID",
    "Contacts": "ContactID",
    # Of these nothing is read.
    "Overpayments": "OverpaymentID",
    "Prepayments": "PrepaymentID",
    "PurchaseOrders": "PurchaseOrderID",
    "Quotes": "QuoteID",
    "BatchPayments": "BatchPaymentID",
    "BankTransfers": "BankTransferID",
    "Accounts": "AccountID",
    "Users": "UserID",
    "Organisations": "OrganisationID",
    "TrackingCategories": "TrackingCategoryID",
}
