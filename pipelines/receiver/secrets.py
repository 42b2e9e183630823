"""Shared secrets of a source: read from the environment or a file, several at once while one replaces another."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

from pipelines.receiver.options import misuse, only

# A file of a secret ends in a newline more often than not; no secret does.
LINE_ENDS = b"\r\n"


@dataclass(frozen=True)
class Secret:
    """One secret. `origin` names where it was read from, and is all that may be shown of it."""

    value: bytes = field(repr=False)
    origin: str
    not_after: datetime | None = None

    def holds(self, now: float) -> bool:
        return self.not_after is None or now <= self.not_after.timestamp()


def secrets_from(given: object, place: str, environment: Mapping[str, str] = os.environ) -> tuple[Secret, ...]:
    """Secrets as a configuration names them, each `{env: NAME}` or `{file: PATH}` with an optional `not_after`.

    Raises RtrError RECEIVER_CONFIG where one cannot be read, is empty, or is written into the configuration.
    """
    if not isinstance(given, Sequence) or isinstance(given, str) or not given:
        raise misuse(place, "must be a list of {env: NAME} or {file: PATH}; a secret never stands in this file")
    return tuple(_secret(entry, f"{place}[{number}]", environment) for number, entry in enumerate(given))


def _secret(entry: object, place: str, environment: Mapping[str, str]) -> Secret:
    if not isinstance(entry, Mapping) or ("env" in entry) == ("file" in entry):
        raise misuse(place, "must be {env: NAME} or {file: PATH}; a secret never stands in this file")
    only(entry, ("env", "file", "not_after"), place)
    if "env" in entry:
        origin = f"environment variable {entry['env']}"
        value = environment.get(str(entry["env"]), "").encode()
    else:
        origin = f"file {entry['file']}"
        try:
            value = Path(str(entry["file"])).read_bytes().rstrip(LINE_ENDS)
        except OSError as error:
            raise misuse(place, f"names a file that cannot be read: {entry['file']} ({error.strerror})") from None
    if not value:
        raise misuse(place, f"is empty: {origin} holds nothing")
    return Secret(value, origin, _moment(entry.get("not_after"), place))


def _moment(value: Any, place: str) -> datetime | None:
    """The end of a secret's time: a moment, or a day, which it outlives."""
    if value is None:
        return None
    if isinstance(value, date) and not isinstance(value, datetime):
        return datetime.combine(value, time.max, UTC)
    try:
        moment = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    except ValueError:
        raise misuse(f"{place}.not_after", "is no ISO 8601 date or moment") from None
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
