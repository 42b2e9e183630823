"""Which system reads the records of a source: one of ours, or a mapping that the lakehouse knows.

A mapping is kept in `ops.mappings` when it is first used. So workers of a cluster, a replay and the proof of `rtr verify`
read rows by the mapping they were taken in by, and nobody has to hand it to them.
"""

from __future__ import annotations

from datetime import datetime

import polars as pl
import xxhash

from lakehouse.errors import RtrError
from lakehouse.store import Lakehouse
from lakehouse.tables import ops
from pipelines.systems import SYSTEMS
from pipelines.systems.cloudevents import CloudEvents
from pipelines.systems.interface import System
from pipelines.systems.mapped import Mapped, Mapping, read_mapping
from pipelines.systems.mapped.spec import PREFIX, Format

# Mapped systems of this process, by root of the lakehouse and source.
_known: dict[tuple[str, str], Mapped] = {}


def require_known(system: str) -> None:
    """Raises RtrError UNKNOWN_SYSTEM."""
    if system not in SYSTEMS and not system.startswith(PREFIX):
        choices = ", ".join([*SYSTEMS, "mapped"])
        raise RtrError("UNKNOWN_SYSTEM", f"There is no system {system!r}.", f"Choose one of: {choices}.")


def system_of(lake: Lakehouse, source: str) -> System:
    """The system of a source. Raises RtrError UNKNOWN_SYSTEM, MAPPING_MISSING."""
    if source in SYSTEMS:
        return SYSTEMS[source]
    require_known(source)
    if (lake.root, source) not in _known:
        text = _latest(lake, source.removeprefix(PREFIX))
        if text is None:
            raise RtrError(
                "MAPPING_MISSING",
                f"No mapping {source.removeprefix(PREFIX)!r} was used here.",
                "Give it with --mapping FILE.",
            )
        _known[lake.root, source] = system_for(read_mapping(text, f"{source} in {ops.MAPPINGS.qualified_name}"))
    return _known[lake.root, source]


def remember(lake: Lakehouse, source: str, mapping: Mapping | None, now: datetime) -> None:
    """Note by which mapping a source is read from now on; without one, that of earlier runs.

    Raises RtrError MAPPING_MISSING, and MAPPING_IDENTITY_CHANGED where rows taken in before would count again.
    """
    if mapping is None:
        system_of(lake, source)
        return
    held = _latest(lake, mapping.name)
    if held != mapping.text:
        if held is not None:
            _require_same_identity(read_mapping(held), mapping)
        row = {
            "name": mapping.name,
            "recorded_at": now,
            "digest": xxhash.xxh3_128_hexdigest(mapping.text.encode()),
            "mapping": mapping.text,
        }
        lake.append(ops.MAPPINGS, ops.MAPPINGS.conform(pl.DataFrame([row])))
    _known[lake.root, source] = system_for(mapping)


def system_for(mapping: Mapping) -> Mapped:
    """The system that reads records as a mapping says."""
    return CloudEvents(mapping) if mapping.format is Format.CLOUDEVENTS else Mapped(mapping)


def _require_same_identity(before: Mapping, after: Mapping) -> None:
    now = after.identities()
    for kind, identity in before.identities().items():
        if kind not in now or now[kind] != identity:
            raise RtrError(
                "MAPPING_IDENTITY_CHANGED",
                f"The mapping {after.name} identified rows of the kind {kind} otherwise when it was used before: "
                "rows that were taken in would count again.",
                "Give the changed mapping another name, or restore the kind, its identity and the columns that it reads "
                "(with `by: content`, list the identifying ones under `columns`, so that others may be added).",
            )


def _latest(lake: Lakehouse, name: str) -> str | None:
    rows = lake.scan(ops.MAPPINGS).filter(name=name).sort("recorded_at").select("mapping").collect()
    return None if rows.is_empty() else str(rows.item(-1, 0))
