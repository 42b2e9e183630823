"""The column types a table may use, and how each is spelled in Arrow and Polars.

Only types that every Delta reader of protocol version 1 understands: timestamps carry UTC
(a naive one forces reader 3), money is a decimal (a float cannot hold a cent exactly).
"""

from __future__ import annotations

from enum import StrEnum

import polars as pl
import pyarrow as pa


class Kind(StrEnum):
    """Business type of a column.

    MONEY is an amount in major units of the row's currency, decimal(20,4).
    RATE is a unit price, exchange rate or quantity, decimal(28,12).
    TIMESTAMP is microseconds in UTC. DATE is a calendar day (of the entity's time zone where a rule says so).
    """

    STRING = "string"
    MONEY = "money"
    RATE = "rate"
    TIMESTAMP = "timestamp"
    DATE = "date"
    INTEGER = "integer"
    BOOLEAN = "boolean"
    BINARY = "binary"


MONEY_PRECISION, MONEY_SCALE = 20, 4
RATE_PRECISION, RATE_SCALE = 28, 12

POLARS_TYPES: dict[Kind, pl.DataType] = {
    Kind.STRING: pl.String(),
    Kind.MONEY: pl.Decimal(MONEY_PRECISION, MONEY_SCALE),
    Kind.RATE: pl.Decimal(RATE_PRECISION, RATE_SCALE),
    Kind.TIMESTAMP: pl.Datetime("us", "UTC"),
    Kind.DATE: pl.Date(),
    Kind.INTEGER: pl.Int64(),
    Kind.BOOLEAN: pl.Boolean(),
    Kind.BINARY: pl.Binary(),
}

ARROW_TYPES: dict[Kind, pa.DataType] = {
    Kind.STRING: pa.string(),
    Kind.MONEY: pa.decimal128(MONEY_PRECISION, MONEY_SCALE),
    Kind.RATE: pa.decimal128(RATE_PRECISION, RATE_SCALE),
    Kind.TIMESTAMP: pa.timestamp("us", tz="UTC"),
    Kind.DATE: pa.date32(),
    Kind.INTEGER: pa.int64(),
    Kind.BOOLEAN: pa.bool_(),
    Kind.BINARY: pa.binary(),
}
