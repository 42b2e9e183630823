"""One package or file a system: pure, columnar functions from a block of records to facts."""

from __future__ import annotations

from pipelines.systems.chargebee import CHARGEBEE
from pipelines.systems.cloudevents import CLOUDEVENTS
from pipelines.systems.ecb import ECB
from pipelines.systems.focus import FOCUS
from pipelines.systems.hubspot import HUBSPOT
from pipelines.systems.interface import System
from pipelines.systems.native import Native
from pipelines.systems.netsuite import NETSUITE
from pipelines.systems.paddle import PADDLE
from pipelines.systems.quickbooks import QUICKBOOKS
from pipelines.systems.recurly import RECURLY
from pipelines.systems.salesforce import SALESFORCE
from pipelines.systems.shopify import SHOPIFY
from pipelines.systems.stripe import STRIPE
from pipelines.systems.woocommerce import WOOCOMMERCE
from pipelines.systems.xero import XERO

_ALL: tuple[System, ...] = (
    *(STRIPE, PADDLE, CHARGEBEE, RECURLY),
    *(SHOPIFY, WOOCOMMERCE),
    *(SALESFORCE, HUBSPOT),
    *(NETSUITE, QUICKBOOKS, XERO),
    *(CLOUDEVENTS, FOCUS, ECB),
    Native(),
)

SYSTEMS: dict[str, System] = {system.name: system for system in _ALL}
