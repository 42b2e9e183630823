"""QuickBooks Online: objects of the Accounting API to documents, cash, ledger entries, payables, customers and products.

Read: Invoice, SalesReceipt, CreditMemo, RefundReceipt, Payment, JournalEntry, Bill, Customer and Item, one object a line,
as the API reads, queries and reports changes of them (see `envelope`). The state of an object holds from its
`LastUpdatedTime`; `SyncToken` orders its versions; cash holds from its transaction date. What a change feed says was
`Deleted` is retracted. A voided transaction keeps its place with amounts of zero and is told by its note.

Amounts are net of tax in every tax setting; tax is the document's. Where a company keeps one currency and its objects do
not name it, a document needs the delivery's `currency`; costs and prices are in the home currency.
A credit memo is not cash and names no invoice: the payment that applies it says how much of it went to which. That part is
a credit note of the invoice; until then the memo waits. What a payment applied and no longer applies is not noticed.

Not read: estimates, purchase orders, bill payments, deposits, transfers, vendors, exchange rates (amounts are in the
transaction's currency), service dates of lines, shipping as such, webhooks (they carry no object), classes and departments.

https://developer.intuit.com/app/developer/qbo/docs/api/accounting/all-entities/invoice
https://developer.intuit.com/app/developer/qbo/docs/learn/explore-the-quickbooks-online-api/change-data-capture
https://developer.intuit.com/app/developer/qbo/docs/workflows/manage-linked-transactions
"""

from __future__ import annotations

from pipelines.systems.json_system import JsonSystem
from pipelines.systems.quickbooks.envelope import ENVELOPE
from pipelines.systems.quickbooks.types import KINDS

QUICKBOOKS = JsonSystem("quickbooks", KINDS, ENVELOPE)
