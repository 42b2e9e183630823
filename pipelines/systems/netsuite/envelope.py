"""What a NetSuite record is: a record of the REST web services with its sub-resources expanded, one a line.

* `{"links": [{"rel": "self", "href": ".../record/v1/invoice/1234"}], "id": "1234", ...}`: the link tells its type;
* `{"recordType": "invoice", "id": "1234", ...}`, as an export by script writes it;
* `{"delivery": {"topic": "invoice", "currency": "USD"}, "body": {...}}`: the type is the topic, and the currency counts
  where the record names none that can be told.
"""

from __future__ import annotations

import polars as pl

from pipelines.systems import leaves
from pipelines.systems.faults import Faults
from pipelines.systems.identity import Named, judge_identity
from pipelines.systems.interface import Batch
from pipelines.systems.json_system import Envelope, events
from pipelines.systems.netsuite.records import BARE, DELIVERED, TRANSACTION
from pipelines.systems.netsuite.types import FAMILIES, KINDS
from pipelines.systems.shape import Leaf

_FIELDS = {
    "id": "id",
    "type": "recordType",
    "self": "links[0].href",
    "at": "lastModifiedDate",
    "made": "createdDate",
}
_PLACES = {BARE: "$.", DELIVERED: "$.body."}
PATHS = {
    "topic": "$.delivery.topic",
    "delivered_at": "$.delivery.at",
    **{f"{place}|{name}": f"{path}{field}" for place, path in _PLACES.items() for name, field in _FIELDS.items()},
}
_TYPE = r"/record/v\d+/(\w+)/"
_KIND, _ID, _MOMENT = (
    Named("type", "recordType", r"^\w+$"),
    Named("id", "id"),
    Named("moment", "lastModifiedDate"),
)


def read_records(batch: Batch, found: pl.DataFrame, faults: Faults) -> pl.DataFrame:
    """Records, mapped or unmapped by their type; faults go to `faults`."""
    told = {name: pl.coalesce(f"{place}|{name}" for place in _PLACES) for name in _FIELDS}
    delivered = pl.col("topic").is_not_null() | pl.col(f"{DELIVERED}|id").is_not_null()
    rows = (
        found.with_row_index("row")
        .select(
            "row",
            type=pl.coalesce("topic", told["type"], told["self"].str.extract(_TYPE, 1)),
            place=pl.when(delivered).then(pl.lit(DELIVERED)).otherwise(pl.lit(BARE)),
            id=told["id"],
            moment=pl.coalesce(told["at"], told["made"], "delivered_at"),
        )
        .with_columns(at=leaves.value(Leaf.UTC_MOMENT, pl.col("moment")))
    )
    judge_identity(rows, faults, _KIND, _ID, _MOMENT, Leaf.UTC_MOMENT)
    family = pl.col("type").replace_strict(FAMILIES, default=TRANSACTION, return_dtype=pl.String)
    kind = pl.concat_str("type", pl.lit("|"), "place")
    return events(
        batch,
        rows.select(
            "at",
            event_type="type",
            id_in_source=pl.concat_str(family, pl.lit("/"), "id"),
            _kind=pl.when(kind.is_in(list(KINDS))).then(kind),
        ),
    )


ENVELOPE = Envelope(PATHS, read_records)
