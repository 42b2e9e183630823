"""What to read: from options, or from a file that names the sources."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from pipelines.feeds import AnyFeed


def feeds_of(
    systems: list[str], paths: list[str], config: Path | None, kafka: dict[str, Any] | None = None
) -> list[AnyFeed]:
    """The feeds that the options name; typer.BadParameter where they do not fit together."""
    if config is not None:
        return _configured(config)
    if kafka:
        from pipelines.sources.kafka import KafkaFeed
        from pipelines.sources.kafka.options import options_from

        if len(systems) != 1 or paths:
            raise typer.BadParameter("--topic goes with one --system and no --path; for more sources use --config.")
        return [KafkaFeed(systems[0], options_from(kafka))]
    from pipelines.feeds import Feed

    if not systems or len(systems) != len(paths):
        raise typer.BadParameter(f"{len(systems)} --system and {len(paths)} --path: each --path needs its --system.")
    return [Feed(system, path) for system, path in zip(systems, paths, strict=True)]


def _configured(config: Path) -> list[AnyFeed]:
    import yaml

    try:
        return [_feed(source) for source in yaml.safe_load(config.read_text())["sources"]]
    except (OSError, yaml.YAMLError, KeyError, TypeError) as error:
        raise typer.BadParameter(
            f"{config} is no YAML with a list `sources` of {{system, path}} or {{system, kafka}}: {error}"
        ) from error


def _feed(source: dict[str, Any]) -> AnyFeed:
    from pipelines.feeds import Feed
    from pipelines.sources.kafka import KafkaFeed
    from pipelines.sources.kafka.options import options_from

    if "kafka" in source:
        return KafkaFeed(str(source["system"]), options_from(source["kafka"]))
    return Feed(str(source["system"]), str(source["path"]))
