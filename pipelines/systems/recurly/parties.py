"""Accounts: customers."""

from __future__ import annotations

import polars as pl

from lakehouse.tables.silver import CUSTOMERS
from pipelines.systems.facts import Fact
from pipelines.systems.reading import Kind, Reading
from pipelines.systems.recurly.reading import with_state
from pipelines.systems.references import reference
from pipelines.systems.shape import Leaf


def accounts(reading: Reading) -> list[Fact]:
    """An account goes by the company where there is one; its code is the merchant's own name for it.

    https://recurly.com/developers/api/v2021-02-25/index.html#tag/account
    """
    rows = with_state(reading)
    full = pl.concat_str("first_name", "last_name", separator=" ", ignore_nulls=True)
    gone = pl.col("deleted_at").is_not_null()
    return [
        Fact(
            CUSTOMERS,
            rows.select(
                "_row",
                "object_id",
                "effective_at",
                "email",
                part=pl.lit("customers"),
                operation=pl.when(gone).then(pl.lit("retract")).otherwise(pl.lit("assert")),
                name=pl.coalesce(pl.col("company").replace({"": None}), pl.when(full != "").then(full)),
                parent_id=reading.object_id("parent_account_id"),
                country=pl.col("address.country").str.to_uppercase(),
            ),
        ),
        reference(rows, "customer", "same_as", "email", "email"),
        reference(rows, "customer", "same_as", "tax_id", "vat_number"),
        reference(rows, "customer", "names", "account_code", "code"),
    ]


ACCOUNT = Kind(
    "account",
    {
        "id": Leaf.ID,
        "code": Leaf.TEXT,
        "email": Leaf.TEXT,
        "first_name": Leaf.TEXT,
        "last_name": Leaf.TEXT,
        "company": Leaf.TEXT,
        "vat_number": Leaf.TEXT,
        "parent_account_id": Leaf.ID,
        "deleted_at": Leaf.MOMENT,
        "address": {"country": Leaf.TEXT},
    },
    accounts,
)
