"""Stripe: events and exported objects to customers, prices, contracts, documents, cash and usage.

A record is an event (`"object": "event"`) or an object as the API returns it, told apart by `object` (`types`). Every API
version since 2013 is read by the presence of fields, never by its number. Amounts are Stripe's minor units (`money`). The
state of an object holds from the event that shows it, and of an exported one from the last moment that it names; cash holds
from when it was made. https://docs.stripe.com/api

Not read: cash balances (bank transfers count as the charge that they pay), transfers and application fees of Connect,
top-ups, Issuing, Terminal, coupons and tax rates themselves, meters and summaries of usage, and the tiers of a price beyond
the range of their unit prices. What is `data` of an event without its envelope (`{"object": {...}}`) is rejected: neither
its type nor its moment can be told.
"""

from __future__ import annotations

from pipelines.systems.json_system import JsonSystem
from pipelines.systems.stripe.events import ENVELOPE
from pipelines.systems.stripe.types import KINDS

STRIPE = JsonSystem("stripe", KINDS, ENVELOPE)
