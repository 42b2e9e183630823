"""Whom we sell to."""

from __future__ import annotations

import polars as pl

from expectations.expectation import holds, warns
from expectations.suite import silver_suite
from lakehouse.tables import silver

SUITE = silver_suite(
    silver.CUSTOMERS,
    holds(
        "customer_is_not_its_own_parent",
        "No customer is its own parent.",
        pl.col("parent_id") != pl.col("object_id"),
        shows=("object_id", "parent_id"),
    ),
    warns(
        holds(
            "country_is_iso_3166",
            "A country is given by two capital letters, as in ISO 3166.",
            pl.col("country").str.contains("^[A-Z]{2}$"),
            shows=("country",),
        )
    ),
    warns(
        holds(
            "email_is_an_address",
            "An e-mail address has one @ between two parts.",
            pl.col("email").str.contains(r"^[^@\s]+@[^@\s]+$"),
            shows=("email",),
        )
    ),
)
