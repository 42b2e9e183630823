"""Who is on the other side of a thing: the customer that stands for all its copies.

A thing that names no customer (a guest's order) is known by the e-mail address on it: the customer with that address, else
the address itself.
"""

from __future__ import annotations

import polars as pl

from assets.links.customers import email_mark


def with_party(
    things: pl.DataFrame, customers: pl.DataFrame, marks: pl.DataFrame, references: pl.DataFrame
) -> pl.DataFrame:
    """The things with `party`; null where nothing is known of the other side.

    `customers`: customer_id and canonical_customer_id. `marks`: what customers are known by.
    """
    named = canonical_of(things, customers, "customer_id", "of_customer")
    on_it = references.filter(reference_kind="email").select(
        "object_id", kind="object_kind", address=email_mark(pl.col("reference"))
    )
    first = on_it.drop_nulls("address").group_by("kind", "object_id").agg(pl.col("address").min())
    owners = canonical_of(marks.filter(rule="email"), customers, "customer_id", "owner")
    owner = owners.group_by(address="mark").agg(pl.col("owner").min())
    joined = named.join(first, on=["kind", "object_id"], how="left").join(owner, on="address", how="left")
    by_address = pl.concat_str(pl.lit("email:"), "address")
    return joined.with_columns(party=pl.coalesce("of_customer", "owner", by_address)).drop(
        "of_customer", "address", "owner"
    )


def canonical_of(rows: pl.DataFrame, customers: pl.DataFrame, column: str, name: str) -> pl.DataFrame:
    """The rows with a column for the customer that stands for the one in `column`: itself where it has no copy."""
    stands = customers.select(pl.col("customer_id").alias(column), pl.col("canonical_customer_id").alias(name))
    return rows.join(stands, on=column, how="left").with_columns(pl.coalesce(name, column).alias(name))
