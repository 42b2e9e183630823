"""Salesforce: change events and exported objects to customers, products, deals, quotes, contracts and interactions.

Read: Account, Contact, Product2, PricebookEntry, Opportunity, OpportunityLineItem, Quote, QuoteLineItem, Contract, Order,
OrderItem, Task, Event, Case and CampaignMember, whole from exports (REST, Bulk; one object a line, `attributes.type`) and
from change events of Change Data Capture, by the Pub/Sub API or CometD. An UPDATE speaks of its `changedFields` only: its
row names the columns it speaks of in `changed_columns`. Where nothing that is read has changed the event is unmapped. The
state of a record holds from the commit of the change, or from an export's `SystemModstamp`; the commit number orders
changes of one moment. A deleted record, or one in the recycle bin (`IsDeleted`), is retracted. A gap event says that
something changed and not what: it is rejected with the advice to fetch the record, except where the record was deleted.

An org that keeps one currency does not say which: amounts then have no currency, which is that of the entity.
A product's line has its sales price as `unit_price`; a discount by line is in the amount only.

Not read: custom fields (and so what packages such as CPQ keep in theirs), person accounts' contact fields, leads, users,
campaigns' costs, revenue and quantity schedules, price books, children within a queried parent, ids of 15 characters
(they are kept as they are), the binary form of the Pub/Sub API and its bitmaps of changed fields.

https://developer.salesforce.com/docs/atlas.en-us.change_data_capture.meta/change_data_capture/cdc_event_fields_header.htm
https://developer.salesforce.com/docs/atlas.en-us.change_data_capture.meta/change_data_capture/cdc_event_fields_body.htm
https://developer.salesforce.com/docs/atlas.en-us.change_data_capture.meta/change_data_capture/cdc_subscribe_compound_fields.htm
"""

from __future__ import annotations

from pipelines.systems.json_system import JsonSystem
from pipelines.systems.salesforce.envelope import ENVELOPE
from pipelines.systems.salesforce.types import KINDS

SALESFORCE = JsonSystem("salesforce", KINDS, ENVELOPE)
