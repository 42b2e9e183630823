"""CloudEvents 1.0 over HTTP: structured, batched and binary deliveries, each event one line in the structured form.

Rules: https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/http-protocol-binding.md, section 3, and
https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/formats/json-format.md. A missing attribute is not judged
here: the event was sent by whom we trust, and the system that reads it says what it lacks.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from enum import StrEnum
from urllib.parse import unquote

from pipelines.receiver import lines
from pipelines.receiver.media import is_json, media_type

STRUCTURED = "application/cloudevents+json"
BATCHED = "application/cloudevents-batch+json"
PREFIX = "ce-"


class Mode(StrEnum):
    STRUCTURED = "structured"
    BATCHED = "batched"
    BINARY = "binary"


def mode_of(headers: Mapping[str, str]) -> Mode | None:
    """How the event was sent; None where the delivery is no CloudEvent, or in a format other than JSON."""
    kind = media_type(headers)
    if kind == STRUCTURED:
        return Mode.STRUCTURED
    if kind == BATCHED:
        return Mode.BATCHED
    if kind.startswith("application/cloudevents"):
        return None
    return Mode.BINARY if f"{PREFIX}specversion" in headers else None


def to_lines(headers: Mapping[str, str], body: bytes) -> list[bytes]:
    """A line an event. A structured event is kept as it came; of a binary one the headers become its attributes."""
    if mode_of(headers) is Mode.BINARY:
        return [_from_binary(headers, body)]
    return lines.bare(body)


def _from_binary(headers: Mapping[str, str], body: bytes) -> bytes:
    """Section 3.1: `ce-` headers are attributes, percent-encoded; Content-Type is datacontenttype; the body is data."""
    attributes = {
        name.removeprefix(PREFIX): unquote(value.encode("latin-1", "replace").decode("utf-8", "replace"))
        for name, value in headers.items()
        if name.startswith(PREFIX)
    }
    if "content-type" in headers:
        attributes["datacontenttype"] = headers["content-type"]
    members = [f"{json.dumps(name)}:{json.dumps(value)}" for name, value in attributes.items()]
    if body:
        members.append(_data(body, media_type(headers)))
    return ("{" + ",".join(members) + "}\n").encode()


def _data(body: bytes, kind: str) -> str:
    """JSON as it was written, text as a string, everything else as base64 (JSON format, section 3.1)."""
    if not kind or is_json(kind):
        value = lines.value_of(body)
        if value is not None:
            return f'"data":{value}'
    elif kind.startswith("text/"):
        try:
            return f'"data":{json.dumps(body.decode())}'
        except UnicodeDecodeError:
            pass
    return f'"data_base64":"{base64.b64encode(body).decode()}"'
