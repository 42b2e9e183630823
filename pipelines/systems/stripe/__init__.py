"""Stripe: event envelopes to customers, prices, contracts, documents and cash.

Every API version since 2013 is read by the presence of fields, never by its number. Amounts are Stripe's minor units
(`money`). The state of an object holds from the event that shows it; cash holds from when it was made.
"""

from __future__ import annotations

from pipelines.systems.json_system import JsonSystem
from pipelines.systems.stripe.events import ENVELOPE
from pipelines.systems.stripe.types import KIND_OF_TYPE

STRIPE = JsonSystem("stripe", KIND_OF_TYPE, ENVELOPE)
