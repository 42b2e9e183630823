"""What the kinds of NetSuite records have in common: where a record stands, its currency, and how it is named.

All transactions count their ids together, and so do customers, vendors and other entities, and items; an id of silver says
which: `netsuite:transaction/1234`, `netsuite:entity/24`, `netsuite:item/2`.
https://docs.oracle.com/en/cloud/saas/netsuite/ns-online-help/chapter_1540391670.html
"""

from __future__ import annotations

from collections.abc import Callable

import polars as pl
from iso4217 import Currency

from pipelines.systems.codes import Code
from pipelines.systems.facts import Fact
from pipelines.systems.leaves import CURRENCIES
from pipelines.systems.reading import Kind, Reading
from pipelines.systems.shape import Leaf, Shape

TRANSACTION, ENTITY, ITEM = "transaction", "entity", "item"
BARE, DELIVERED = "bare", "delivered"

# A currency is named as the account calls it: by its code, by its name, or as the accounts begin with.
_NAMES = {
    **{currency.currency_name.lower(): currency.code for currency in Currency if currency.code in CURRENCIES},
    **{code.lower(): code for code in CURRENCIES},
    **{"usa": "USD", "can": "CAD", "british pound": "GBP", "japanese yen": "JPY", "australian dollar": "AUD"},
}
REFERENCE: Shape = {"id": Leaf.TEXT, "refName": Leaf.TEXT}
_COMMON: Shape = {"id": Leaf.ID, "currency": REFERENCE, "externalId": Leaf.TEXT}
_DELIVERY: Shape = {"delivery": {"currency": Leaf.CURRENCY}}


def kinds(record: str, family: str, shape: Shape, facts: Callable[[Reading], list[Fact]]) -> dict[str, Kind]:
    """How records of a type are read, by the place they stand at. `family` is whose ids they share."""

    def read(reading: Reading) -> list[Fact]:
        return facts(_opened(reading, family))

    whole: Shape = {**_COMMON, **shape}
    return {
        f"{record}|{BARE}": Kind(record, whole, read),
        f"{record}|{DELIVERED}": Kind(record, whole, read, "body", beside=_DELIVERY),
    }


def _opened(reading: Reading, family: str) -> Reading:
    reading.require("", "id")
    named = pl.col("currency.refName").str.strip_chars().str.to_lowercase()
    by_name = named.replace_strict(_NAMES, default=None, return_dtype=pl.String)
    delivered = [pl.col("delivery.currency")] if "delivery.currency" in reading.root.columns else []
    root = reading.root.with_columns(
        _id=id_of(family, "id"),
        _gone=pl.lit(False),
        _sequence=pl.lit(None, pl.Int64),
        _code=pl.coalesce(by_name, *delivered),
    )
    opened = reading.with_frame("", root)
    unknown = pl.col("currency.refName").is_not_null() & pl.col("_code").is_null()
    opened.refuse("", "currency.refName", unknown, Code.UNKNOWN_CURRENCY)
    return opened.with_frame("", root.rename({"_code": "currency"}))


def id_of(family: str, name: str) -> pl.Expr:
    """Id of a record with whose ids it shares."""
    return pl.concat_str(pl.lit(f"{family}/"), name)


def ref(reading: Reading, family: str, name: str) -> pl.Expr:
    """The record that a reference names, as silver has it."""
    return reading.object_id(id_of(family, f"{name}.id"))


def state() -> pl.Expr:
    """The status as it is shown, else its code; in small letters."""
    return pl.coalesce("status.refName", "status.id").str.to_lowercase()


VOIDED, PENDING = r"void", r"pending approval|rejected"
APPLIED: Shape = {"apply": Leaf.FLAG, "amount": Leaf.MONEY, "doc": {"id": Leaf.TEXT}}


def applied(reading: Reading) -> pl.DataFrame:
    """What a credit, payment or refund is applied to: `_row`, `_n`, `amount`, `document` (without the source)."""
    path = "apply.items"
    reading.require(path, "doc.id", when=pl.col("apply"))
    chosen = reading.frames[path].filter(pl.col("apply").fill_null(False) & (pl.col("amount").fill_null(0) != 0))
    summed = chosen.group_by("_row", "doc.id", maintain_order=True).agg(pl.col("amount").sum(), pl.col("_n").first())
    return summed.select("_row", "_n", "amount", document=id_of(TRANSACTION, "doc.id"))
