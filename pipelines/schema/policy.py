"""What to do about new fields, by source and by type of record; kept in the lakehouse so that it stays in force."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import polars as pl

from lakehouse.errors import RtrError
from lakehouse.store import Lakehouse
from lakehouse.tables import ops
from pipelines.systems.mapped.located import Located


class Policy(StrEnum):
    EVOLVE = "evolve"
    DISCARD = "discard"
    FREEZE = "freeze"


@dataclass(frozen=True)
class SchemaPolicy:
    """`otherwise` holds for all types of records but those in `types`; `fields` are known though they were never seen."""

    otherwise: Policy = Policy.EVOLVE
    types: tuple[tuple[str, Policy], ...] = ()
    fields: tuple[str, ...] = ()

    def of(self, event_type: str) -> Policy:
        return dict(self.types).get(event_type, self.otherwise)

    @property
    def closed(self) -> bool:
        """Whether any type of record is other than open to new fields."""
        return any(policy is not Policy.EVOLVE for policy in (self.otherwise, *dict(self.types).values()))

    def as_json(self) -> str:
        return json.dumps({"policy": self.otherwise, "types": dict(self.types), "fields": self.fields}, sort_keys=True)


OPEN = SchemaPolicy()


def read_policy(at: Located) -> SchemaPolicy:
    """`schema: freeze`, or policy, types and fields."""
    if at.is_text():
        return SchemaPolicy(Policy(at.choice([*Policy])))
    fields = at.fields(("policy", "types", "fields"))
    types = fields["types"].entries() if "types" in fields else ()
    return SchemaPolicy(
        Policy(fields["policy"].choice([*Policy])) if "policy" in fields else Policy.EVOLVE,
        tuple((name, Policy(inner.choice([*Policy]))) for name, inner in types),
        tuple(item.text() for item in fields["fields"].items()) if "fields" in fields else (),
    )


def policy_of(lake: Lakehouse, source: str) -> SchemaPolicy:
    """The policy in force."""
    rows = lake.scan(ops.SCHEMA_POLICIES).filter(source=source).sort("recorded_at").select("policy").collect()
    if rows.is_empty():
        return OPEN
    said = json.loads(rows.item(-1, 0))
    types = tuple((name, Policy(policy)) for name, policy in said["types"].items())
    return SchemaPolicy(Policy(said["policy"]), types, tuple(said["fields"]))


def remember_policy(lake: Lakehouse, source: str, policy: SchemaPolicy | None, now: datetime) -> None:
    """Note a policy; without one, the policy in force goes on.

    Raises RtrError SCHEMA_UNKNOWN where fields are to be refused and none is known.
    """
    if policy is None:
        return
    if policy.closed and not policy.fields and known_fields(lake, source).is_empty():
        raise RtrError(
            "SCHEMA_UNKNOWN",
            f"No field of {source} is known yet, so that every record would have new ones.",
            "Ingest it once with `schema: evolve`, or list its `fields`.",
        )
    if policy != policy_of(lake, source):
        row = {"source": source, "recorded_at": now, "policy": policy.as_json()}
        lake.append(ops.SCHEMA_POLICIES, ops.SCHEMA_POLICIES.conform(pl.DataFrame([row])))


def known_fields(lake: Lakehouse, source: str) -> pl.DataFrame:
    """`event_type` and `path` of the fields that are known of a source."""
    seen = lake.scan(ops.SCHEMA_DRIFT).filter(source=source).filter(pl.col("status").is_in(["first", "new"]))
    return seen.select("event_type", "path").unique().collect()
