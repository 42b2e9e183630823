"""From a body to lines: one JSON object a line, its numbers and keys in the very bytes in which they came.

In valid JSON a raw newline stands only between tokens (RFC 8259, section 2 and 7), so that putting a space in its place
changes nothing. What is not valid JSON was signed too, and is kept: as text or base64 in a record of our own, which the
system refuses and the quarantine shows.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping

BYTE_ORDER_MARK = b"\xef\xbb\xbf"
WHITESPACE = " \t\r\n"
NO_DELIVERY: Mapping[str, str | None] = dict.fromkeys(("topic", "id", "at", "account"))

_DECODER = json.JSONDecoder()


def value_of(body: bytes) -> str | None:
    """The body as one JSON value on one line; None where it is no JSON."""
    text = _text(body)
    if text is None or _end(text, 0) != len(text):
        return None
    return _on_one_line(text)


def elements_of(body: bytes) -> list[str] | None:
    """The body's objects: the elements of an array, else the one object that it is; None where it is neither."""
    text = _text(body)
    if text is None:
        return None
    parts = _elements(text) if text.startswith("[") else ([text] if _end(text, 0) == len(text) else None)
    if parts is None or not all(part.startswith("{") for part in parts):
        return None
    return [_on_one_line(part) for part in parts]


def bare(body: bytes) -> list[bytes]:
    """Lines of a body that says itself what it is: an object, or each of an array of objects, as a line."""
    parts = elements_of(body)
    return [_line(part) for part in parts] if parts is not None else [enveloped(NO_DELIVERY, body)]


def enveloped(delivery: Mapping[str, str | None], body: bytes) -> bytes:
    """One line with what stood in the headers beside the body; a body that is no JSON as `body_text` or `body_base64`."""
    value = value_of(body)
    if value is not None:
        content = f'"body":{value}'
    else:
        try:
            content = f'"body_text":{json.dumps(body.decode())}'
        except UnicodeDecodeError:
            content = f'"body_base64":"{base64.b64encode(body).decode()}"'
    return _line(f'{{"delivery":{json.dumps(delivery)},{content}}}')


def _line(text: str) -> bytes:
    return text.encode() + b"\n"


def _text(body: bytes) -> str | None:
    try:
        return body.removeprefix(BYTE_ORDER_MARK).decode().strip(WHITESPACE)
    except UnicodeDecodeError:
        return None


def _on_one_line(text: str) -> str:
    return text.replace("\r", " ").replace("\n", " ")


def _end(text: str, start: int) -> int:
    """Where the JSON value ends that begins at `start`; -1 where none does."""
    try:
        return _DECODER.raw_decode(text, start)[1]
    except (ValueError, RecursionError):
        return -1


def _elements(text: str) -> list[str] | None:
    """The elements of a JSON array, each as it was written."""
    parts: list[str] = []
    at = _skip(text, 1)
    if text[at : at + 1] == "]":
        return parts if at + 1 == len(text) else None
    while (end := _end(text, at)) >= 0:
        parts.append(text[at:end])
        at = _skip(text, end)
        if text[at : at + 1] == "]":
            return parts if at + 1 == len(text) else None
        if text[at : at + 1] != ",":
            return None
        at = _skip(text, at + 1)
    return None


def _skip(text: str, at: int) -> int:
    while at < len(text) and text[at] in WHITESPACE:
        at += 1
    return at
