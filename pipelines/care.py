"""What else is to be done with the records of a feed, beside reading them by their system."""

from __future__ import annotations

from dataclasses import dataclass

from pipelines.systems.mapped import Mapping


@dataclass(frozen=True)
class Care:
    """`mapping` says how rows become facts."""

    mapping: Mapping | None = None


NO_CARE = Care()


def care_of(feed: object) -> Care:
    """What is to be done with the records of a feed; of a feed that says nothing, nothing else."""
    care = getattr(feed, "care", NO_CARE)
    return care if isinstance(care, Care) else NO_CARE
