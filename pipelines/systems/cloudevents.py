"""CloudEvents 1.0: usage in the envelope that meters, gateways and clouds agree on.

Structured JSON (one event a record) and batched JSON (an array of events: a file of it, or a line of a file). An event is
known by its `source` and `id`, which together are unique for each distinct event (CloudEvents 1.0, "id"); an event that
comes again with the same two and another content is a conflict. What happened when is `time`, which is optional in the
specification and required here: what cannot be placed in time cannot be billed. `data`, or JSON in `data_base64`, says what
was used; numbers may come as strings.

An event is usage where its data has a quantity; any other is unmapped. By default
    meter      data.meter, else the event's type        quantity   data.quantity, else data.value
    unit       data.unit                                customer   data.customer_id, data.customer, else the subject
    contract   data.contract_id, data.subscription_id   product    data.product_id, data.product
    currency   data.currency                            dimensions data.dimensions
Other names are said by a mapping with `format: cloudevents` (`examples/cloudevents.yaml`), whose facts then stand under
its own name.

Not read: the binary content mode, whose attributes are headers of the transport, and data that is not JSON.
https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md and formats/json-format.md
"""

from __future__ import annotations

import polars as pl

from pipelines.systems import json_columns
from pipelines.systems.codes import Code
from pipelines.systems.faults import Faults
from pipelines.systems.interface import Batch
from pipelines.systems.mapped import Mapped, Mapping, read_mapping
from pipelines.systems.mapped.spec import RowKind
from pipelines.systems.mapped.values import CELL, ROW, cell

NAME = "cloudevents"
VERSION = "1.0"
ATTRIBUTES = ("specversion", "id", "source", "type")
DATA, BASE64 = "/data", "data_base64"

USAGE = """
name: cloudevents
format: cloudevents
rows:
  usage:
    when: {any_present: [/data/quantity, /data/value]}
    identity: {by: key, columns: [source, id]}
    time: time
    facts:
      - table: usage
        id: {columns: [source, id], join: " "}
        columns:
          meter: {first_of: [/data/meter, type]}
          quantity: {first_of: [/data/quantity, /data/value]}
          unit: /data/unit
          customer_id: {first_of: [/data/customer_id, /data/customer, subject]}
          contract_id: {first_of: [/data/contract_id, /data/subscription_id]}
          product_id: {first_of: [/data/product_id, /data/product]}
          currency: /data/currency
          dimensions: /data/dimensions
  other:
    identity: {by: key, columns: [source, id]}
    time: time
    facts: []
"""


class CloudEvents(Mapped):
    """Events by a mapping that says which are usage."""

    # A line of a file may be a batch: an array of events.
    batched = True

    def __init__(self, mapping: Mapping, name: str | None = None) -> None:
        super().__init__(mapping, name)
        attributes = {f"{CELL}{name}": f"/{name}" for name in (*ATTRIBUTES, BASE64)}
        self.paths |= attributes | {f"{CELL}{DATA}": DATA}

    def event_prefix(self, kind: RowKind) -> str:
        """Nothing: source and id are unique whatever kind of event it is."""
        return ""

    def cells(self, batch: Batch, faults: Faults) -> pl.DataFrame:
        """The cells that the mapping reads; what it reads of data is there in whichever of the two members data came."""
        cells = _with_decoded_data(super().cells(batch, faults), self.paths, faults)
        for name in ATTRIBUTES:
            faults.add_rows(cells.filter(cell(name).is_null()).get_column(ROW), Code.MISSING_FIELD, name)
        other = cells.filter(cell("specversion") != VERSION)
        faults.add_rows(other.get_column(ROW), Code.NOT_ALLOWED, "specversion", other.get_column(f"{CELL}specversion"))
        return cells


def _with_decoded_data(cells: pl.DataFrame, paths: dict[str, str], faults: Faults) -> pl.DataFrame:
    encoded = cells.filter(cell(BASE64).is_not_null())
    if encoded.is_empty():
        return cells
    both = encoded.filter(cell(DATA).is_not_null())
    faults.add_rows(both.get_column(ROW), Code.NOT_ALLOWED, BASE64, both.select(pl.lit("given beside data")).to_series())
    texts = encoded.get_column(f"{CELL}{BASE64}").str.decode("base64", strict=False)
    read = texts.map_elements(_text, return_dtype=pl.String, skip_nulls=True)
    sound = read.is_not_null() & json_columns.valid(read.fill_null(""))
    wrong = encoded.filter(~sound)
    faults.add_rows(wrong.get_column(ROW), Code.WRONG_TYPE, BASE64, wrong.get_column(f"{CELL}{BASE64}"))
    inner = {name: path.removeprefix(DATA) for name, path in paths.items() if path.startswith(f"{DATA}/")}
    if not inner or not sound.any():
        return cells
    found, _ = json_columns.extract(read.filter(sound), inner)
    return cells.update(found.with_columns(encoded.filter(sound).get_column(ROW)), on=ROW, how="left")


def _text(decoded: bytes) -> str | None:
    try:
        return decoded.decode("utf-8")
    except UnicodeDecodeError:
        return None


CLOUDEVENTS = CloudEvents(read_mapping(USAGE, "cloudevents"), NAME)
