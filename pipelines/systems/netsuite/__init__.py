"""NetSuite: records of the SuiteTalk REST web services to documents, cash, contracts, ledger entries, bills and products.

Read: invoice, creditMemo, customerPayment, customerRefund, salesOrder (as a contract), journalEntry, vendorBill, customer,
and items of every type that is sold, with their cost; with `expandSubResources=true`, one record a line (see `envelope`).
The state of a record holds from its `lastModifiedDate`; cash holds from its transaction date. What waits for approval is a
draft.

Amounts are in the transaction's currency, which a record names as the account does: by its ISO code, by its ISO name, or as
NetSuite names it at first (USA, CAN); another name needs the delivery's `currency`. A discount of the whole transaction is
taken off the lines in proportion; shipping and handling are lines; a line's service is its revenue recognition period.

Not read: deletions (NetSuite's records do not tell them), cash sales, cash refunds, item fulfilments, deposits, estimates
and opportunities, price levels, exchange rates, gift certificates, revenue arrangements, what is of one accounting book
alone, custom fields but Celigo's Salesforce id of a customer.

https://docs.oracle.com/en/cloud/saas/netsuite/ns-online-help/chapter_1540391670.html
https://system.netsuite.com/help/helpcenter/en_US/APIs/REST_API_Browser/record/v1/2023.1/index.html
"""

from __future__ import annotations

from pipelines.systems.json_system import JsonSystem
from pipelines.systems.netsuite.envelope import ENVELOPE
from pipelines.systems.netsuite.types import KINDS

NETSUITE = JsonSystem("netsuite", KINDS, ENVELOPE)
