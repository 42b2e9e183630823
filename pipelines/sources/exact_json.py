"""JSON whose numbers keep the digits in which they were written."""

from __future__ import annotations

import json
from typing import Any


class _Exact(str):
    """A number kept in the digits in which it was written."""


def load_exactly(content: bytes) -> Any:
    """The value; ValueError or RecursionError where there is none."""
    return json.loads(content, parse_float=_Exact, parse_int=_Exact)


def dump_exactly(element: Any) -> bytes:
    """What `load_exactly` read, as JSON."""

    def encode(value: Any) -> str:
        if isinstance(value, _Exact):
            return str.__str__(value)
        if isinstance(value, dict):
            return "{" + ",".join(f"{json.dumps(k)}:{encode(v)}" for k, v in value.items()) + "}"
        if isinstance(value, list):
            return "[" + ",".join(encode(v) for v in value) + "]"
        return json.dumps(value)

    return encode(element).encode("utf-8", "surrogatepass")
