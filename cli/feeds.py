"""What to read: from options, or from a file that names the sources."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import available_timezones

import typer

if TYPE_CHECKING:
    from pipelines.care import Care
    from pipelines.feeds import AnyFeed

MAPPED = "mapped"


def feeds_of(
    systems: list[str],
    paths: list[str],
    config: Path | None,
    kafka: dict[str, Any] | None = None,
    mappings: list[Path] | None = None,
    time_zone: str | None = None,
) -> list[AnyFeed]:
    """The feeds that the options name; typer.BadParameter where they do not fit together.

    Raises RtrError where a mapping or the file of sources is wrong.
    """
    if config is not None:
        from cli.sources import configured
        from pipelines.systems.mapped.located import Invalid

        if systems or paths or mappings or time_zone:
            raise typer.BadParameter("--config names the sources; leave out --system, --path, --mapping and --time-zone.")
        try:
            return configured(config)
        except Invalid as error:
            raise typer.BadParameter(error.message) from error
    if time_zone and time_zone not in available_timezones():
        raise typer.BadParameter(f"{time_zone!r} is no time zone: use an IANA name such as Europe/London.")
    named, cares = _with_mappings(systems, mappings or [])
    cares = [replace(care, time_zone=time_zone) for care in cares]
    if kafka:
        from pipelines.sources.kafka import KafkaFeed
        from pipelines.sources.kafka.options import options_from

        if len(systems) != 1 or paths:
            raise typer.BadParameter("--topic goes with one --system and no --path; for more sources use --config.")
        return [KafkaFeed(named[0], options_from(kafka), cares[0])]
    from pipelines.feeds import Feed

    if not systems or len(systems) != len(paths):
        raise typer.BadParameter(f"{len(systems)} --system and {len(paths)} --path: each --path needs its --system.")
    return [Feed(system, path, care) for system, path, care in zip(named, paths, cares, strict=True)]


def _with_mappings(systems: list[str], mappings: list[Path]) -> tuple[list[str], list[Care]]:
    """Names of the systems, a mapped one under the name of its mapping, and what is to be done with their records."""
    from pipelines.care import NO_CARE, Care
    from pipelines.systems.mapped import load_mapping

    if systems.count(MAPPED) != len(mappings):
        raise typer.BadParameter(
            f"{systems.count(MAPPED)} --system mapped and {len(mappings)} --mapping: each needs the other."
        )
    files = iter(mappings)
    read = [load_mapping(next(files)) if system == MAPPED else None for system in systems]
    named = [mapping.source if mapping else system for system, mapping in zip(systems, read, strict=True)]
    return named, [Care(mapping) if mapping else NO_CARE for mapping in read]
