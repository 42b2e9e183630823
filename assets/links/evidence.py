"""What a rule saw, as JSON that an accountant can read beside the link."""

from __future__ import annotations

import polars as pl


def as_json(*columns: str, **named: str | pl.Expr) -> pl.Expr:
    """The columns as one JSON object; moments and days in ISO 8601."""
    renamed = [(pl.col(value) if isinstance(value, str) else value).alias(name) for name, value in named.items()]
    return pl.struct([*(pl.col(name) for name in columns), *renamed]).struct.json_encode()


def beside(found: str, **named: str | pl.Expr) -> pl.Expr:
    """Named columns as one JSON object, with the JSON of the column `found` under that name as its last member."""
    head = as_json(**named).str.strip_suffix("}")
    return pl.concat_str(head, pl.lit(f',"{found}":'), found, pl.lit("}"))
