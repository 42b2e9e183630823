"""What a Xero record is: an object of the Accounting API, alone, as the one element of an answer's list, or delivered.

* `{"InvoiceID": "...", ...}`: told by its own id;
* `{"Invoices": [{...}], "Status": "OK"}`, cut to one object;
* `{"delivery": {"topic": "Invoices", "currency": "NZD"}, "body": {...}}`, which may name the base currency;
* `{"events": [...]}`, a webhook: it says which object changed and not how, so that it carries nothing.
"""

from __future__ import annotations

import polars as pl

from pipelines.systems import leaves
from pipelines.systems.faults import Faults
from pipelines.systems.identity import Named, judge_identity
from pipelines.systems.interface import Batch
from pipelines.systems.json_system import Envelope, events
from pipelines.systems.shape import Leaf
from pipelines.systems.xero.records import BARE, DELIVERED, LISTED
from pipelines.systems.xero.types import KINDS, OWN_IDS

STAMPS = ("UpdatedDateUTC", "CreatedDateUTC")
_AT = {BARE: "$.", DELIVERED: "$.body."}
PATHS = {
    "topic": "$.delivery.topic",
    "delivered_at": "$.delivery.at",
    "notice": "$.events[0].resourceId",
    "noticed_at": "$.events[0].eventDateUtc",
    **{f"{place}|{stamp}": f"{path}{stamp}" for place, path in _AT.items() for stamp in STAMPS},
    **{f"{place}|{entity}": f"{path}{own}" for place, path in _AT.items() for entity, own in OWN_IDS.items()},
    **{f"{LISTED}|{entity}": f"$.{entity}[0].{own}" for entity, own in OWN_IDS.items()},
    **{f"{LISTED}|{entity}|{stamp}": f"$.{entity}[0].{stamp}" for entity in OWN_IDS for stamp in STAMPS},
}
NOTICE = "events"
_KIND, _ID, _MOMENT = (
    Named("entity", "InvoiceID (or the id of another object)", r"^\w+$"),
    Named("id", "the id of the object"),
    Named("moment", STAMPS[0]),
)


def read_objects(batch: Batch, found: pl.DataFrame, faults: Faults) -> pl.DataFrame:
    """Objects, mapped or unmapped by their type; faults go to `faults`."""
    told = pl.coalesce(
        pl.when(pl.col("topic").is_not_null()).then(pl.concat_str("topic", pl.lit(f"|{DELIVERED}"))),
        *(
            pl.when(pl.col(f"{place}|{entity}").is_not_null()).then(pl.lit(f"{entity}|{place}"))
            for place in (BARE, LISTED)
            for entity in OWN_IDS
        ),
        pl.when(pl.col("notice").is_not_null()).then(pl.lit(f"{NOTICE}|")),
    )
    delivered = pl.col("topic").is_not_null()
    ids = [
        pl.when(pl.col("told") == f"{entity}|{place}").then(f"{place}|{entity}")
        for place in (DELIVERED, LISTED, BARE)
        for entity in OWN_IDS
    ]
    any_id = pl.coalesce(f"{DELIVERED}|{entity}" for entity in OWN_IDS)
    listed = [
        pl.when(pl.col("told") == f"{entity}|{LISTED}").then(pl.coalesce(f"{LISTED}|{entity}|{stamp}" for stamp in STAMPS))
        for entity in OWN_IDS
    ]
    bare = [f"{BARE}|{stamp}" for stamp in STAMPS]
    rows = (
        found.with_row_index("row")
        .with_columns(told=told)
        .with_columns(
            entity=pl.col("told").str.split("|").list.first(),
            id=pl.coalesce(*ids, pl.when(delivered).then(any_id), "notice"),
            moment=pl.when(delivered)
            .then(pl.coalesce(*(f"{DELIVERED}|{stamp}" for stamp in STAMPS), "delivered_at"))
            .otherwise(pl.coalesce(*listed, *bare, "noticed_at")),
        )
        .with_columns(at=leaves.value(Leaf.STAMP, pl.col("moment")))
    )
    judge_identity(rows, faults, _KIND, _ID, _MOMENT, Leaf.STAMP)
    return events(
        batch,
        rows.select(
            "at",
            event_type="entity",
            id_in_source="id",
            _kind=pl.when(pl.col("told").is_in(list(KINDS))).then("told"),
        ),
    )


ENVELOPE = Envelope(PATHS, read_objects)
