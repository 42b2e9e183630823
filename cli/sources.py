"""The file that names the sources: `rtr ingest --config sources.yaml`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from lakehouse.errors import RtrError
from pipelines.care import Care
from pipelines.feeds import AnyFeed, Feed
from pipelines.privacy import Privacy
from pipelines.privacy.read import read_privacy
from pipelines.schema.policy import read_policy
from pipelines.sources.kafka import KafkaFeed
from pipelines.sources.kafka.options import options_from
from pipelines.systems.mapped import load_mapping
from pipelines.systems.mapped.located import Invalid, Located, locate
from pipelines.systems.mapped.read_values import read_time_zone

CODE = "SOURCES_INVALID"
FIELDS = ("sources", "privacy")
SOURCE_FIELDS = ("system", "path", "kafka", "mapping", "schema", "time_zone")
MAPPED = "mapped"


def configured(config: Path) -> list[AnyFeed]:
    """The feeds that a file names, mappings being found beside it.

    Raises RtrError SOURCES_UNREADABLE, and Invalid with every problem.
    """
    try:
        text = config.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise RtrError(
            "SOURCES_UNREADABLE", f"Cannot read {config}: {error}", "Check the path given as --config."
        ) from error
    root = locate(text, str(config), CODE)
    feeds = root.attempt(lambda at: _feeds(at, config.parent))
    if root.problems or feeds is None:
        raise Invalid(CODE, str(config), root.problems)
    return feeds


def _feeds(at: Located, folder: Path) -> list[AnyFeed]:
    fields = at.fields(FIELDS, ("sources",))
    sources = fields["sources"]
    if not sources.is_list():
        raise sources.refuse("is no list.", "Write a list `sources` of {system, path} or {system, kafka}.")
    private = (fields["privacy"].attempt(read_privacy) if "privacy" in fields else None) or {}
    found = (item.attempt(lambda at: _feed(at, folder, private)) for item in sources.items())
    feeds = [feed for feed in found if feed is not None]
    for system in private.keys() - {feed.system for feed in feeds}:
        fields["privacy"].wrong(f"speaks of {system}, of which there is no source here.", "Check its name.")
    return feeds


def _feed(at: Located, folder: Path, private: dict[str, Privacy]) -> AnyFeed:
    fields = at.fields(SOURCE_FIELDS, ("system",))
    if ("path" in fields) == ("kafka" in fields):
        raise at.refuse("of `sources` names no place, or two.", "Give it either a `path` or `kafka`.")
    system = fields["system"].text()
    if (system == MAPPED) != ("mapping" in fields):
        raise at.refuse("has a mapping without the system mapped, or the reverse.", "Give both, or neither.")
    mapping = load_mapping(folder / fields["mapping"].text()) if "mapping" in fields else None
    name = mapping.source if mapping else system
    schema = fields["schema"].attempt(read_policy) if "schema" in fields else None
    zone = fields["time_zone"].attempt(read_time_zone) if "time_zone" in fields else None
    care = Care(mapping, private.get(name), schema, time_zone=zone)
    if "kafka" in fields:
        return KafkaFeed(name, options_from(_plain(fields["kafka"])), care)
    return Feed(name, fields["path"].text(), care)


def _plain(at: Located) -> dict[str, Any]:
    """A part of the file as YAML reads it."""
    found = yaml.safe_load(yaml.serialize(at.node))
    if not isinstance(found, dict):
        raise at.refuse("is not a mapping of names to values.", "See pipelines/README.md for the options of a topic.")
    return found
