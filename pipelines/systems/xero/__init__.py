"""Xero: objects of the Accounting API to documents, cash, ledger entries, payables, customers and products.

Read: Invoices (ACCREC as documents, ACCPAY as payables), CreditNotes of customers with their allocations, Payments of
invoices and refunds of credit notes, BankTransactions that received money, Journals and ManualJournals, Contacts and Items;
one object a line, alone, in an answer's list, or delivered (see `envelope`). Dates are read in .NET's spelling,
`/Date(1518685950940+0000)/`, and in ISO. The state of an object holds from its `UpdatedDateUTC`; cash holds from its date.
What is DELETED is retracted; what is VOIDED stays, void. An allocation that is taken off one of several invoices again is
not noticed.

Amounts of a document are in its currency; a line is net of tax whatever `LineAmountTypes` says. Journals, costs and prices
are in the base currency, which only the delivery's `currency` names: without it a journal is rejected.

Not read: overpayments and prepayments (their allocations to invoices), purchase orders, quotes, credits and payments of
vendors, discounts given as a rate (they are in the line's amount), tracking categories, exchange rates, webhooks (they
carry no object), answers that list documents without their lines.

https://developer.xero.com/documentation/api/accounting/invoices
https://developer.xero.com/documentation/api/accounting/creditnotes
https://developer.xero.com/documentation/api/accounting/payments
"""

from __future__ import annotations

from pipelines.systems.json_system import JsonSystem
from pipelines.systems.xero.envelope import ENVELOPE
from pipelines.systems.xero.types import KINDS

XERO = JsonSystem("xero", KINDS, ENVELOPE)
