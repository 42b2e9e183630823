"""HubSpot: CRM objects and webhook events to customers, products, deals with their lines, and interactions.

Read: deals, line items, companies, contacts, products, tickets, calls, meetings and e-mails, whole from the CRM API (v3 and
dated versions; one object a line) and by webhook: a `propertyChange` tells one property and its row names the columns that
it speaks of, a `deletion` retracts. A `merge` or `restore` does not say how the object is now: it is rejected with the
advice to fetch it. A `creation` is followed by its properties, and carries nothing.

A deal's customer is its first associated company, else its first contact; a line item needs its deal: export both with
`associations`. The state of an object holds from its `updatedAt`, or from when a webhook's event occurred. Whether a deal
is won is told by `hs_is_closed_won` and `hs_is_closed`; without them by a stage of the default pipeline, or by the
probability of its stage (1 and 0 are decided). A change to a stage of another pipeline does not decide a deal: subscribe to
the flags.

Not read: quotes and their line items, `associationChange`, subscriptions, invoices and payments of HubSpot's commerce hub,
costs of products (they do not name a currency), custom properties, deal splits, the older APIs (v1, v2).

https://developers.hubspot.com/docs/guides/api/crm/understanding-the-crm
https://developers.hubspot.com/docs/guides/api/app-management/webhooks
"""

from __future__ import annotations

from pipelines.systems.hubspot.envelope import ENVELOPE
from pipelines.systems.hubspot.types import KINDS
from pipelines.systems.json_system import JsonSystem

HUBSPOT = JsonSystem("hubspot", KINDS, ENVELOPE)
