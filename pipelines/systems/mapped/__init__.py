"""Feeds of rows by a mapping; see `system` for what a mapping can say."""

from __future__ import annotations

from pipelines.systems.mapped.read_mapping import load_mapping, read_mapping
from pipelines.systems.mapped.spec import Mapping
from pipelines.systems.mapped.system import Mapped

__all__ = ["Mapped", "Mapping", "load_mapping", "read_mapping"]
