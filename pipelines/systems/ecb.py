"""Euro reference rates of the European Central Bank: what a euro was worth in other currencies on a day.

Read are the file of all days (eurofxref-hist.csv: a row a day, a column a currency, N/A where there was no rate) and the
file of the last day (eurofxref.csv, with dates such as 02 January 2025). A row is an event, known by its day; it yields a
rate a currency: base EUR, quote the column, kind reference. Another rate for a day that was told is a conflict: the bank
corrects a rate hardly ever, and someone must say which one holds. A column that appears later, for a currency that is new,
has N/A for the days before and changes none of them.

A rate holds for its day. It is published around 16:00 in Frankfurt for that day (and on no holiday of TARGET): for a day
without a rate the last one before it is usual, which is for the reader to choose.

Not read: columns that ISO 4217 does not list any more (the kroon, the lats, the old lira ...), in which no amount can be
stated; and the XML form of the same files.
https://www.ecb.europa.eu/stats/policy_and_exchange_rates/euro_reference_exchange_rates/html/index.en.html
"""

from __future__ import annotations

import polars as pl

from lakehouse.hashing import hexdigests
from lakehouse.tables import silver
from pipelines.systems import json_columns
from pipelines.systems.codes import Code
from pipelines.systems.envelope import open_records
from pipelines.systems.facts import Fact, complete
from pipelines.systems.faults import Faults
from pipelines.systems.interface import EVENT_SCHEMA, MOMENT, Batch, Normalised
from pipelines.systems.leaves import CURRENCIES
from pipelines.systems.mapped.numbers import exact, plain
from pipelines.systems.mapped.spec import PLAIN
from pipelines.systems.moments import FIRST_MOMENT, LAST_MOMENT

NAME = "ecb"
BASE = "EUR"
DAY = "Date"
NONE = ("", "N/A")
FORMATS = ("%Y-%m-%d", "%d %B %Y")


class Ecb:
    """Rows of the bank's files."""

    name = NAME

    def normalise(self, batch: Batch) -> Normalised:
        """A rate for each day and currency."""
        faults = Faults()
        texts, found = open_records(batch.records.get_column("payload"), {"day": f"$.{DAY}"}, faults)
        found = found.with_row_index("row")
        written = pl.col("day").str.strip_chars()
        moment = pl.coalesce(written.str.to_date(spelling, strict=False) for spelling in FORMATS).cast(MOMENT)
        days = found.with_columns(
            at=pl.when((moment >= FIRST_MOMENT) & (moment < LAST_MOMENT)).then(moment),
        )
        readable = days.filter(texts.is_not_null())
        faults.add_rows(readable.filter(pl.col("day").is_null()).get_column("row"), Code.MISSING_FIELD, DAY)
        absurd = readable.filter(pl.col("day").is_not_null() & pl.col("at").is_null())
        faults.add_rows(absurd.get_column("row"), Code.ABSURD_DATE, DAY, absurd.get_column("day"))
        sound = readable.filter(pl.col("at").is_not_null())
        rates = _rates(sound, texts, faults)
        events = _events(batch, days, rates)
        bare = events.with_row_index("row").filter((pl.col("disposition") == "unmapped") & pl.col("known_at").is_not_null())
        nothing = bare.select("row", content_hash=hexdigests(bare.get_column("object_id")))
        return complete(batch, events, [_fact(rates)], faults, nothing)


def _rates(days: pl.DataFrame, texts: pl.Series, faults: Faults) -> pl.DataFrame:
    """`_row`, `at`, `currency` and `rate`, a row a rate."""
    empty = pl.DataFrame(schema={"_row": pl.UInt32, "at": MOMENT, "currency": pl.String, "rate": pl.Decimal(38, 12)})
    if days.is_empty():
        return empty
    records = texts.gather(days.get_column("row"))
    columns = json_columns.keys(records).explode().drop_nulls().unique().to_list()
    # The file of the last day has a space before each name.
    named = {name: name.strip() for name in sorted(columns) if name.strip() in CURRENCIES}
    if not named:
        return empty
    cells, _ = json_columns.extract(records, {name: f"/{name}" for name in named})
    same = {currency: [name for name, of in named.items() if of == currency] for currency in named.values()}
    cells = cells.select(pl.coalesce(names).alias(currency) for currency, names in same.items())
    long = (
        cells.hstack(days.select(pl.col("row").alias("_row"), "at"))
        .unpivot(index=["_row", "at"], variable_name="currency", value_name="text")
        .with_columns(pl.col("text").str.strip_chars())
        .filter(~pl.col("text").is_in(NONE))
        .with_columns(rate=exact(plain(pl.col("text"), PLAIN)))
        .sort("_row", "currency")  # which of two faults is named must not depend on other records
    )
    wrong = long.filter(pl.col("rate").is_null())
    code = pl.lit(Code.WRONG_TYPE.value)
    faults.add(wrong.select(row="_row", code=code, field="currency", value="text"))
    negative = long.filter(pl.col("rate") <= 0)
    faults.add(negative.select(row="_row", code=pl.lit(Code.NOT_ALLOWED.value), field="currency", value="text"))
    return long.select(empty.columns)


def _fact(rates: pl.DataFrame) -> Fact:
    day = pl.col("at").dt.date()
    rows = rates.select(
        "_row",
        "rate",
        part="currency",
        object_id=pl.format(f"{NAME}:{BASE}/{{}}/{{}}", "currency", day.cast(pl.String)),
        effective_at="at",
        rate_source=pl.lit(NAME),
        kind=pl.lit("reference"),
        base_currency=pl.lit(BASE),
        quote_currency="currency",
        day=day,
    )
    return Fact(silver.FX_RATES, rows)


def _events(batch: Batch, days: pl.DataFrame, rates: pl.DataFrame) -> pl.DataFrame:
    """Events in EVENT_SCHEMA; a day without any rate is one of whose facts there are none."""
    day = pl.col("at").dt.date().cast(pl.String)
    told = pl.col("row").is_in(rates.get_column("_row").unique().implode())
    none = {name: pl.lit(None, kind) for name, kind in EVENT_SCHEMA.items()}
    given = {
        "source_event_id": day,
        "event_type": pl.lit("reference_rates"),
        "object_id": pl.concat_str(pl.lit(f"{NAME}:{BASE}/"), day),
        "disposition": pl.when(told).then(pl.lit("mapped")).otherwise(pl.lit("unmapped")),
        "effective_at": pl.col("at"),
        "known_at": pl.col("at"),
        "event_month": pl.col("at").dt.date().dt.month_start(),
        "legal_entity_id": pl.lit(batch.legal_entity_id),
    }
    return days.select(expression.alias(name) for name, expression in (none | given).items())


ECB = Ecb()
