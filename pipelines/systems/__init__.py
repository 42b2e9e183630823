"""One package or file a system: pure, columnar functions from a block of records to facts."""

from __future__ import annotations

from pipelines.systems.hubspot import HUBSPOT
from pipelines.systems.interface import System
from pipelines.systems.native import Native
from pipelines.systems.netsuite import NETSUITE
from pipelines.systems.quickbooks import QUICKBOOKS
from pipelines.systems.salesforce import SALESFORCE
from pipelines.systems.stripe import STRIPE
from pipelines.systems.xero import XERO

_ALL: tuple[System, ...] = (
    STRIPE,
    SALESFORCE,
    HUBSPOT,
    NETSUITE,
    QUICKBOOKS,
    XERO,
    Native(),
)

SYSTEMS: dict[str, System] = {system.name: system for system in _ALL}
