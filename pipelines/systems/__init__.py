"""One package or file a system: pure, columnar functions from a block of records to facts."""

from __future__ import annotations

from pipelines.systems.cloudevents import CLOUDEVENTS
from pipelines.systems.ecb import ECB
from pipelines.systems.focus import FOCUS
from pipelines.systems.interface import System
from pipelines.systems.native import Native
from pipelines.systems.stripe import STRIPE

SYSTEMS: dict[str, System] = {system.name: system for system in (STRIPE, Native(), CLOUDEVENTS, FOCUS, ECB)}
