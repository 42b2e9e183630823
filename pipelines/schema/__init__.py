"""Which fields the records of a source have, what to do about new ones, and who is told.

Silver reads only what a system declares, so a new field changes no figure: its record is kept in bronze as it came. But
someone should know. `ops.schema_drift` lists every field when it is first seen, by type of record, and the policy of the
source (`schema:` in the file of sources) says what becomes of records that have one:

* evolve (the default): taken in; the field is known from then on, and told once;
* discard: taken in; the field stays unknown, and every batch that has it is told;
* freeze: the record waits in quarantine with the code NEW_FIELD; the field stays unknown.

Known are the fields of `ops.schema_drift` with the status first or new, and those that the policy lists. Another type of a
field that is read was never let through: such a record waits as WRONG_TYPE, and the rest of its feed goes on.
"""

from __future__ import annotations

from pipelines.schema.policy import Policy, SchemaPolicy

__all__ = ["Policy", "SchemaPolicy"]
