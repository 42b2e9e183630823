"""One package or file a system: pure, columnar functions from a block of records to facts."""

from __future__ import annotations

from pipelines.systems.hubspot import HUBSPOT
from pipelines.systems.interface import System
from pipelines.systems.native import Native
from pipelines.systems.salesforce import SALESFORCE
from pipelines.systems.stripe import STRIPE

SYSTEMS: dict[str, System] = {system.name: system for system in (STRIPE, SALESFORCE, HUBSPOT, Native())}
