"""What a QuickBooks record is: an object of the Accounting API in one of its wrappings, one a line.

* `{"Invoice": {...}, "time": "..."}`, as it is read by its id;
* `{"QueryResponse": {"Invoice": [{...}]}}` and `{"CDCResponse": [{"QueryResponse": [{"Invoice": [{...}]}]}]}`, cut to one
  object;
* `{"delivery": {"topic": "Invoice", "currency": "USD"}, "body": {...}}`: the only form that tells the currency of a company
  that keeps one, where its objects leave it out;
* `{"eventNotifications": [...]}`, a webhook: it says which objects changed and not how, so that it carries nothing.
"""

from __future__ import annotations

import polars as pl

from pipelines.systems import leaves
from pipelines.systems.faults import Faults
from pipelines.systems.identity import Named, judge_identity
from pipelines.systems.interface import Batch
from pipelines.systems.json_system import Envelope, events
from pipelines.systems.quickbooks.records import places
from pipelines.systems.quickbooks.types import ENTITIES, KINDS
from pipelines.systems.shape import Leaf

_FIELDS = {"Id": "Id", "SyncToken": "SyncToken", "at": "MetaData.LastUpdatedTime", "made": "MetaData.CreateTime"}
_PLACES = ("object", "delivered", "query", "changes")


def _path(place: str, entity: str) -> str:
    steps = places(entity)[place].replace("[]", "[0]")
    return f"$.{steps}[0]" if place in ("query", "changes") else f"$.{steps}"


PATHS = {
    "whole": "$",
    "topic": "$.delivery.topic",
    **{
        f"{place}|{entity}|{name}": f"{_path(place, entity)}.{path}"
        for place in _PLACES
        for entity in (ENTITIES if place != "delivered" else ENTITIES[:1])
        for name, path in _FIELDS.items()
    },
}
# The name of the object where it is none that we read. An object is told by the key it stands under.
_KEYS = (
    r'"QueryResponse":\{[^\[]*"([A-Z]\w+)":\[',
    r'"CDCResponse":\[\{"QueryResponse":\[\{[^\[]*"([A-Z]\w+)":\[',
    r'^\{(?:"time":"[^"]*",)?"([A-Z]\w+)":\{',
)
NOTICE = "eventNotifications"
_KIND, _ID, _MOMENT = (
    Named("entity", "the key that names the object", r"^\w+$"),
    Named("id", "Id"),
    Named("moment", _FIELDS["at"]),
)
_ANY_ID = r'"[Ii]d":"?(\w+)'
_ANY_MOMENT = r'"(?:LastUpdatedTime|lastUpdated|time)":"([^"]+)"'


def read_objects(batch: Batch, found: pl.DataFrame, faults: Faults) -> pl.DataFrame:
    """Objects, mapped or unmapped by their type; faults go to `faults`."""
    whole, topic = pl.col("whole"), pl.col("topic")
    delivered = f"delivered|{ENTITIES[0]}"
    where = [
        pl.when(pl.col(f"{place}|{entity}|Id").is_not_null()).then(pl.lit(f"{entity}|{place}"))
        for place in ("object", "query", "changes")
        for entity in ENTITIES
    ]
    kind = pl.coalesce(pl.when(topic.is_not_null()).then(pl.concat_str(topic, pl.lit("|delivered"))), *where)
    by_place = {
        name: pl.coalesce(
            pl.when(topic.is_not_null()).then(f"{delivered}|{name}"),
            *(f"{place}|{entity}|{name}" for place in ("object", "query", "changes") for entity in ENTITIES),
        )
        for name in _FIELDS
    }
    notice = whole.str.contains(rf'^\{{"{NOTICE}":')
    unread = pl.coalesce(pl.when(notice).then(pl.lit(NOTICE)), *(whole.str.extract(key, 1) for key in _KEYS))
    rows = (
        found.with_row_index("row")
        .with_columns(
            entity=pl.coalesce(kind.str.split("|").list.first(), unread),
            kind=kind,
            id=pl.coalesce(by_place["Id"], whole.str.extract(_ANY_ID, 1)),
            moment=pl.coalesce(by_place["at"], by_place["made"], whole.str.extract(_ANY_MOMENT, 1)),
            version=leaves.value(Leaf.COUNT, by_place["SyncToken"]),
        )
        .with_columns(at=leaves.value(Leaf.STAMP, pl.col("moment")))
    )
    judge_identity(rows, faults, _KIND, _ID, _MOMENT, Leaf.STAMP)
    return events(
        batch,
        rows.select(
            "at",
            event_type="entity",
            id_in_source=pl.concat_str("entity", pl.lit("/"), "id"),
            source_sequence="version",
            _kind=pl.when(pl.col("kind").is_in(list(KINDS))).then("kind"),
        ),
    )


ENVELOPE = Envelope(PATHS, read_objects)
