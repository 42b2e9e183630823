"""A block of records without what may not be kept of them."""

from __future__ import annotations

import codecs
import json
import re
from dataclasses import dataclass, replace
from functools import cached_property

import polars as pl

from pipelines.privacy.fields import Action, Scrubber
from pipelines.privacy.secret import Secret
from pipelines.sources.exact_json import dump_exactly, load_exactly
from pipelines.sources.ranges import Block
from pipelines.systems import json_columns

# Beside the payload: not searched, so not kept.
BESIDE = ("message_key", "headers")
# Numbers that Python's floats may not give back as they were written.
INEXACT = re.compile(rb"[:\[,]\s*-?(?:(?:\d\.?){16,}|\d[\d.]*[eE])")
# A name that holds a delimiter, alone in its record: a table that was cut at another one, of which no field can be told.
UNCUT = r'^\s*\{\s*"(?:[^"\\]|\\.)*[;,|\t](?:[^"\\]|\\.)*"\s*:\s*"(?:[^"\\]|\\.)*"\s*\}\s*$'


@dataclass(frozen=True)
class Privacy:
    """Fields (path and action) of the records of a system, and the secret that salts their hashes, which may be `rotated`.

    A record that is no JSON object, or a row of a table that was cut wrongly, has fields that cannot be found: nothing of
    it is kept but its size and the salted digest by which it can be recognised at the source. It is rejected as malformed.
    """

    fields: tuple[tuple[str, Action], ...]
    secret: Secret
    rotated: bool = False

    def applied(self, block: Block) -> Block:
        """The block with what is left of its records."""
        records = block.records
        beside = [name for name in BESIDE if name in records.columns]
        payloads = self._scrubbed(records.get_column("payload"))
        kept = records.with_columns(payloads, *(pl.lit(None, records.schema[name]).alias(name) for name in beside))
        return replace(block, records=kept)

    def _scrubbed(self, payloads: pl.Series) -> pl.Series:
        texts = _texts(payloads)
        sound = json_columns.valid(texts.fill_null("")) & texts.is_not_null() & ~texts.str.contains(UNCUT).fill_null(True)
        rows = (~sound | self._concerned(texts)).arg_true()
        if rows.is_empty():
            return payloads
        readable = sound.gather(rows)
        changed = [
            self._record(payload) if good else self._withheld(payload)
            for payload, good in zip(payloads.gather(rows), readable, strict=True)
        ]
        return payloads.scatter(rows, pl.Series(changed, dtype=pl.Binary))

    def _concerned(self, texts: pl.Series) -> pl.Series:
        """Records that may hold a field: those that hold the first name of a path, or a name that is spelled with \\u."""
        names = self._scrubber.first_names()
        if names is None:
            return pl.Series([True] * len(texts), dtype=pl.Boolean)
        spelled = [json.dumps(name, ensure_ascii=False) for name in names]
        return texts.str.contains_any([*spelled, "\\u"]).fill_null(True)

    def _record(self, payload: bytes) -> bytes:
        payload = payload.removeprefix(codecs.BOM_UTF8)
        try:
            if not INEXACT.search(payload):
                return json.dumps(self._scrubber.scrub(json.loads(payload)), ensure_ascii=False, allow_nan=False).encode()
            return dump_exactly(self._scrubber.scrub(load_exactly(payload)))
        except (ValueError, RecursionError):
            return self._withheld(payload)

    def _withheld(self, payload: bytes) -> bytes:
        return f"withheld: {len(payload)} bytes, {self.secret.hash(payload)}".encode()

    @cached_property
    def _scrubber(self) -> Scrubber:
        return Scrubber(self.fields, self.secret.hash)


def _texts(payloads: pl.Series) -> pl.Series:
    """Each payload as text; null where it is none."""
    try:
        return payloads.cast(pl.String).str.strip_prefix("\ufeff")
    except pl.exceptions.ComputeError:
        return pl.Series([_text(payload) for payload in payloads], dtype=pl.String).str.strip_prefix("\ufeff")


def _text(payload: bytes) -> str | None:
    try:
        return payload.decode("utf-8")
    except UnicodeDecodeError:
        return None
