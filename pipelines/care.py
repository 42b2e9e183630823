"""What else is to be done with the records of a feed, beside reading them by their system."""

from __future__ import annotations

from dataclasses import dataclass

from pipelines.privacy import Privacy
from pipelines.schema import SchemaPolicy
from pipelines.systems.mapped import Mapping


@dataclass(frozen=True)
class Care:
    """`mapping` says how rows become facts, `privacy` what of a record nobody may keep, `schema` what
    becomes of records with new fields (nothing said: what was said before). `time_zone` is where the calendar days begin
    of a system whose records leave it out.

    `held`: the records come out of the lakehouse itself, where nothing is left of what may not be kept.
    """

    mapping: Mapping | None = None
    privacy: Privacy | None = None
    schema: SchemaPolicy | None = None
    held: bool = False
    time_zone: str | None = None

    @property
    def scrubbing(self) -> Privacy | None:
        """Privacy, where there is anything to scrub."""
        return self.privacy if self.privacy and self.privacy.fields else None


NO_CARE = Care()


def care_of(feed: object) -> Care:
    """What is to be done with the records of a feed; of a feed that says nothing, nothing else."""
    care = getattr(feed, "care", NO_CARE)
    return care if isinstance(care, Care) else NO_CARE
