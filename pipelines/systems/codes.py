"""Why a record is rejected: one code a reason, with what is said about it and what to do.

A code is stable: it stands in `quarantine.rejected` and in scripts. Messages and remedies may be reworded.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

SHOWN_CHARACTERS = 80


class Wording(NamedTuple):
    """Message with the placeholders {field} and {value}, and the remedy."""

    message: str
    remedy: str


class Code(StrEnum):
    """Reason for which a record is not let through at ingest."""

    NOT_UTF8 = "NOT_UTF8"
    MALFORMED_JSON = "MALFORMED_JSON"
    NOT_AN_OBJECT = "NOT_AN_OBJECT"
    RECORD_TOO_LARGE = "RECORD_TOO_LARGE"
    MISSING_FIELD = "MISSING_FIELD"
    WRONG_TYPE = "WRONG_TYPE"
    NOT_ALLOWED = "NOT_ALLOWED"
    UNKNOWN_CURRENCY = "UNKNOWN_CURRENCY"
    ABSURD_DATE = "ABSURD_DATE"
    INCOMPLETE_LIST = "INCOMPLETE_LIST"
    INCOMPLETE_CHANGE = "INCOMPLETE_CHANGE"
    UNSUPPORTED_VERSION = "UNSUPPORTED_VERSION"
    UNKNOWN_TABLE = "UNKNOWN_TABLE"
    UNKNOWN_FIELD = "UNKNOWN_FIELD"
    UNKNOWN_TYPE = "UNKNOWN_TYPE"
    LIST_OF_RECORDS = "LIST_OF_RECORDS"
    AMOUNTS_DO_NOT_TIE = "AMOUNTS_DO_NOT_TIE"
    NO_RULE = "NO_RULE"
    NEW_FIELD = "NEW_FIELD"
    EVENT_CONFLICT = "EVENT_CONFLICT"

    @property
    def remedy(self) -> str:
        """What to do about it."""
        return WORDINGS[self].remedy

    def message(self, field: str | None = None, value: str | None = None) -> str:
        """What is wrong, where, and with which value, shortened to what fits on a line."""
        return WORDINGS[self].message.format(field=field or "the record", value=shorten(value))


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong with one record. `field` is a path from the top of the record."""

    code: Code
    field: str | None = None
    value: str | None = None


def shorten(value: str | None) -> str:
    """The value as it is shown: control characters made visible, at most 80 characters."""
    if value is None:
        return "empty"
    shown = value[: SHOWN_CHARACTERS + 1]
    printable = "".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in shown)
    return printable if len(printable) <= SHOWN_CHARACTERS else printable[: SHOWN_CHARACTERS - 3] + "..."


RESEND = "Correct it at the source and send the event again, or dismiss the record."

WORDINGS: dict[Code, Wording] = {
    Code.NOT_UTF8: Wording(
        "The record is not UTF-8 text; it begins with {value}.",
        "Export it as UTF-8. Binary or compressed data needs the right file name ending (.gz, .zst, .parquet).",
    ),
    Code.MALFORMED_JSON: Wording(
        "The record is not one JSON value; it begins with {value}.",
        "Look for a cut or doubled line in the file, export it again, then replay.",
    ),
    Code.NOT_AN_OBJECT: Wording(
        "The record is JSON but not an object; it begins with {value}.",
        "Write one event a line, not an array or a single value.",
    ),
    Code.RECORD_TOO_LARGE: Wording(
        "The record has {value} bytes, more than an event may have.",
        "Look for missing line ends; split the file into one event a line.",
    ),
    Code.MISSING_FIELD: Wording("{field} is missing or empty.", RESEND),
    Code.WRONG_TYPE: Wording("{field} has a value of the wrong type or size: {value}.", RESEND),
    Code.NOT_ALLOWED: Wording("{field} is {value}, which is not among the values it may take.", RESEND),
    Code.UNKNOWN_CURRENCY: Wording(
        "{field} is {value}, which is no ISO 4217 currency.", "Use the three-letter ISO 4217 code."
    ),
    Code.ABSURD_DATE: Wording(
        "{field} is {value}, which is no moment between 1990 and 2200.",
        "Check the unit (Stripe counts seconds, not milliseconds) and the date, then send the event again.",
    ),
    Code.INCOMPLETE_LIST: Wording(
        "{field} says that the event holds only the beginning of a list.",
        "Fetch the whole object from the source with all its lines and ingest it in an envelope of the same type.",
    ),
    Code.INCOMPLETE_CHANGE: Wording(
        "{field} is {value}: something changed and the event does not say what.",
        "Fetch the object as it is now from the source and ingest it; then dismiss this record.",
    ),
    Code.UNSUPPORTED_VERSION: Wording(
        "{field} is {value}, which belongs to a version of the source's format that is not read.",
        "Export the same business from the version that the system's page names, or give it as native facts.",
    ),
    Code.UNKNOWN_TABLE: Wording(
        "{field} is {value}, which is no table that takes facts.",
        "Name a table of docs/tables.md without its layer, such as contracts.",
    ),
    Code.UNKNOWN_FIELD: Wording(
        "{field} is no column of the table.",
        "Use the columns of docs/tables.md; what the engine fills in may not be given.",
    ),
    Code.UNKNOWN_TYPE: Wording(
        "The record does not say what it is, and its fields do not tell; it begins with {value}.",
        'Send it in the delivery envelope with its topic, or under its name, such as {"order": ...}.',
    ),
    Code.LIST_OF_RECORDS: Wording(
        "{field} is a list of records, not one.",
        "Write one record a line, for example with jq -c '.orders[]', then ingest that file.",
    ),
    Code.AMOUNTS_DO_NOT_TIE: Wording(
        "{field} does not agree with its parts: {value}.",
        "Fetch the whole object from the source, with all its lines, taxes and discounts, and ingest that.",
    ),
    Code.NO_RULE: Wording(
        "{field} is of none of the kinds that the mapping has rules for.",
        "Add a kind whose `when` it meets (with `facts: []` where it says nothing of revenue), then replay.",
    ),
    Code.NEW_FIELD: Wording(
        "{field} is new, and the schema of the source is frozen.",
        "To accept it, list it under `fields` of the source's `schema`, or let the schema evolve; then replay.",
    ),
    Code.EVENT_CONFLICT: Wording(
        "{field} was accepted before with another content.",
        "Decide which content holds. `rtr quarantine dismiss` keeps the accepted one; to keep the other, dismiss it "
        "and send it again under an event id of its own.",
    ),
}
