"""From messages to a block of records: what came, with its key, its headers and the time of the message."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence

import polars as pl
from confluent_kafka import TIMESTAMP_NOT_AVAILABLE, Message

from pipelines.sources.ranges import Block

Headers = dict[str, str | bytes | None] | list[tuple[str, str | bytes | None]] | None

SCHEMA = {
    "split": pl.String,
    "position": pl.Int64,
    "payload": pl.Binary,
    "message_key": pl.Binary,
    "headers": pl.String,
    "sent_at": pl.Int64,
}


def place(message: Message) -> tuple[str, int, int]:
    """Topic, partition and offset; a message that was consumed has all three."""
    topic, partition, offset = message.topic(), message.partition(), message.offset()
    assert topic is not None
    assert partition is not None
    assert offset is not None
    return topic, partition, offset


def to_block(messages: Sequence[Message], split: str) -> Block:
    """Messages of one partition, in order, as records whose position is the offset.

    A message without a value (a tombstone) is an empty record, which no system takes for an event: it is quarantined.
    """
    offsets = [place(message)[2] for message in messages]
    times = [message.timestamp() for message in messages]
    records = pl.DataFrame(
        {
            "split": pl.Series([split], dtype=pl.String).new_from_index(0, len(messages)),
            "position": offsets,
            "payload": [message.value() or b"" for message in messages],
            "message_key": [message.key() for message in messages],
            "headers": [_headers(message.headers()) for message in messages],
            "sent_at": [None if kind == TIMESTAMP_NOT_AVAILABLE else moment for kind, moment in times],
        },
        schema=SCHEMA,
    )
    return Block(
        records.with_columns(pl.from_epoch("sent_at", time_unit="ms").dt.cast_time_unit("us").dt.replace_time_zone("UTC")),
        offsets[-1] + 1,
    )


def _headers(headers: Headers) -> str | None:
    """A JSON list of [name, value]; a value that is not UTF-8 stands as {"base64": ...}."""
    if not headers:
        return None
    pairs = headers.items() if isinstance(headers, dict) else headers
    return json.dumps([[name, _text(value)] for name, value in pairs])


def _text(value: str | bytes | None) -> object:
    if value is None or isinstance(value, str):
        return value
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return {"base64": base64.b64encode(value).decode("ascii")}
