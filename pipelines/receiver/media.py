"""What kind of content a delivery says that it has."""

from __future__ import annotations

from collections.abc import Mapping


def media_type(headers: Mapping[str, str]) -> str:
    """The media type without its parameters, in small letters; empty where the sender does not say."""
    return headers.get("content-type", "").partition(";")[0].strip().lower()


def is_json(kind: str) -> bool:
    """Whether a media type is JSON (RFC 6839: also everything that ends in +json)."""
    return kind in ("application/json", "text/json") or kind.endswith("+json")
