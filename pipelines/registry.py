"""Which system reads the records of a source: one of ours, or a mapping that the lakehouse knows.

A mapping is kept in `ops.mappings` when it is first used. So workers of a cluster, a replay and the proof of `rtr verify`
read rows by the mapping they were taken in by, and nobody has to hand it to them. The time zone in which the calendar days
of one of our systems begin is kept beside them, for the same reason.
"""

from __future__ import annotations

from datetime import datetime

import polars as pl
import xxhash

from lakehouse.errors import RtrError
from lakehouse.store import Lakehouse
from lakehouse.tables import bronze, ops
from pipelines.systems import SYSTEMS
from pipelines.systems.cloudevents import CloudEvents
from pipelines.systems.interface import System
from pipelines.systems.json_system import JsonSystem
from pipelines.systems.mapped import Mapped, Mapping, read_mapping
from pipelines.systems.mapped.spec import PREFIX, Format
from pipelines.systems.moments import UTC

# Mapped systems of this process, by root of the lakehouse and source.
_known: dict[tuple[str, str], Mapped] = {}
# Likewise our systems whose calendar days begin in a time zone.
_placed: dict[tuple[str, str], System] = {}
# Under which name a time zone is kept; no mapping can be called so.
ZONE = "time zone of {}"


def require_known(system: str) -> None:
    """Raises RtrError UNKNOWN_SYSTEM."""
    if system not in SYSTEMS and not system.startswith(PREFIX):
        choices = ", ".join([*SYSTEMS, "mapped"])
        raise RtrError("UNKNOWN_SYSTEM", f"There is no system {system!r}.", f"Choose one of: {choices}.")


def system_of(lake: Lakehouse, source: str) -> System:
    """The system of a source. Raises RtrError UNKNOWN_SYSTEM, MAPPING_MISSING."""
    if source in SYSTEMS:
        return _in_its_zone(lake, source)
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


def remember_zone(lake: Lakehouse, source: str, time_zone: str | None, now: datetime) -> None:
    """Note in which time zone the calendar days of a source begin; nothing said, it is as before, and UTC at first.

    Raises RtrError TIME_ZONE_UNUSED where a source has no such days, and TIME_ZONE_CHANGED where days were taken in
    otherwise: they would move, and every record that comes again would be in conflict.
    """
    if time_zone is None:
        return
    system = SYSTEMS.get(source)
    if not isinstance(system, JsonSystem) or not system.has_days:
        raise RtrError(
            "TIME_ZONE_UNUSED",
            f"{source} dates by moments, or by a mapping, not by calendar days without a time zone.",
            "Leave time_zone out; a mapping says its own (examples/README.md).",
        )
    held = _latest(lake, ZONE.format(source)) or UTC
    if held == time_zone:
        return
    if lake.scan(bronze.EVENTS).filter(source=source).head(1).collect().height:
        raise RtrError(
            "TIME_ZONE_CHANGED",
            f"Calendar days of {source} were taken in as days of {held}, not of {time_zone}.",
            f"Say time_zone: {held}, or take the source into a new lakehouse: its dates cannot be moved here.",
        )
    row = {
        "name": ZONE.format(source),
        "recorded_at": now,
        "digest": xxhash.xxh3_128_hexdigest(time_zone.encode()),
        "mapping": time_zone,
    }
    lake.append(ops.MAPPINGS, ops.MAPPINGS.conform(pl.DataFrame([row])))
    _placed[lake.root, source] = system.in_zone(time_zone)


def _in_its_zone(lake: Lakehouse, source: str) -> System:
    system = SYSTEMS[source]
    if not isinstance(system, JsonSystem) or not system.has_days:
        return system
    if (lake.root, source) not in _placed:
        time_zone = _latest(lake, ZONE.format(source)) if lake.exists(ops.MAPPINGS) else None
        _placed[lake.root, source] = system.in_zone(time_zone) if time_zone else system
    return _placed[lake.root, source]


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
