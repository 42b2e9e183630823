"""What belongs together: the facts of one contract, and everything that names what they name.

A contract is recognised from its own facts alone: its lines, what was done under it, its invoices and their lines, the cash
that settles them, what was given back of that cash, the contracts it is combined with, and the copies that other systems
hold of any of these. Each such fact names another, so the parts that may be computed apart are the connected components of
what names what. Ids of different kinds are not told apart: two things of one id are in one component, which costs nothing
but size.

What governs many contracts (policies, prices, products, entities, rates, what waits in quarantine, closes) ties nothing
together: every shard reads all of it. So does a customer: no rule of the journal reads the other contracts of one.
"""

from __future__ import annotations

import polars as pl

from assets.facts.admission import columns_read
from assets.facts.choices import EVERYTHING
from assets.facts.naming import CUSTOMER, NAMES
from assets.facts.pending_items import BILLED_BY, ITEM_IDS, PENDING_ITEM
from assets.ledger.accounts import Account
from assets.ledger.journal import COMPARED
from assets.ledger.postings import NONE
from lakehouse.hashing import key_records
from lakehouse.table import Table
from lakehouse.tables import gold, ops, quarantine, silver

GOVERNING: tuple[Table, ...] = (
    *(silver.LEGAL_ENTITIES, silver.POLICIES, silver.PRICES, silver.PRODUCTS, silver.FX_RATES),
    *(quarantine.REJECTED, quarantine.RESOLUTIONS, ops.PERIOD_LOG),
)
"""Tables that every shard reads."""

_OF_LINKS_ALONE = (silver.OPPORTUNITIES, silver.QUOTES, silver.LEDGER_ENTRIES)

NAMING: dict[Table, tuple[str, ...]] = {
    **{t: tuple(name for name in names if name != CUSTOMER) for t, names in NAMES.items() if t not in _OF_LINKS_ALONE},
    silver.ESTIMATES: ("scope",),
    silver.JUDGEMENTS: ("scope",),
    silver.EXTERNAL_REFERENCES: ("reference",),
}
"""Tables that are cut into shards, and the columns in which a row names others, besides `object_id`."""

LINKING: tuple[Table, ...] = (
    *(silver.CUSTOMERS, silver.OPPORTUNITIES, silver.QUOTES, silver.LEDGER_ENTRIES, silver.EXTERNAL_REFERENCES),
    *(silver.CONTRACTS, silver.CONTRACT_LINES, silver.DOCUMENTS, silver.CASH, silver.CASH_APPLICATIONS, silver.JUDGEMENTS),
)
"""Tables from which is found which system holds a copy of what. That compares everything with everything: see the plan."""

TIE = pl.Schema({"a": pl.String(), "b": pl.String()})
_RESTATED = [Account.ACCOUNTS_RECEIVABLE.value, Account.UNBILLED_ACCOUNTS_RECEIVABLE.value]
_BY_NAME = {table.name: table for table in (*GOVERNING, *NAMING, *LINKING)}
_PAYLOAD = ("payload", "message", "remedy")


def narrowed(name: str, rows: pl.DataFrame) -> pl.DataFrame:
    """The columns of a table that the rules read; no column where they read none of it."""
    if name == gold.JOURNAL.name:
        return rows.select(COMPARED)
    table = _BY_NAME.get(name)
    if table is None:
        return pl.DataFrame()
    return rows.select(columns_read(table)) if columns_read(table) else rows.drop(_PAYLOAD, strict=False)


def ties(name: str, rows: pl.DataFrame) -> pl.DataFrame:
    """`a` and `b`: pairs of names that some row of a table names together, each once."""
    table = _BY_NAME[name]
    if table not in NAMING:
        return pl.DataFrame(schema=TIE)
    named = rows
    if table is silver.EXTERNAL_REFERENCES:
        # Only what a line bills is read of them in a shard; whatever else they say is for the links.
        items = rows.filter(pl.col("reference_kind").is_in([PENDING_ITEM, BILLED_BY]))
        named = pl.concat([items.with_columns(reference=item) for item in ITEM_IDS])
    if table is silver.MANUAL_ENTRIES:
        # Open receivables of one contract are restated together, whoever posted them; other lines have no company.
        restated = pl.col("account").is_in(_RESTATED)
        named = rows.with_columns(contract_id=pl.when(restated).then(pl.col("contract_id").fill_null(NONE)))
    pairs = [named.select(a="object_id", b=column).filter(pl.col("b") != EVERYTHING) for column in NAMING[table]]
    return pl.concat(pairs).drop_nulls().filter(pl.col("a") != pl.col("b")).unique()


def of_everything(rows: pl.DataFrame) -> pl.Series:
    """Which rows are about everything, as an estimate or judgement may be; every shard reads them."""
    if "scope" in rows.columns:
        return rows.get_column("scope") == EVERYTHING
    return pl.repeat(False, rows.height, dtype=pl.Boolean, eager=True)


def bucket(rows: pl.DataFrame, key: tuple[str, ...], count: int) -> pl.Series:
    """A number below `count` for each row, the same on every machine for the same key."""
    keys = rows.select(key).unique(maintain_order=True)
    numbers = (key_records(keys, key, None)["high"] % count).astype("int64")
    found = keys.with_columns(bucket=pl.Series(numbers))
    return rows.select(key).join(found, on=key, how="left", maintain_order="left").get_column("bucket")
