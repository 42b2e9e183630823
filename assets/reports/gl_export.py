"""The journal in the accounts of the company's general ledger, in balanced batches that an ERP can post.

Policies `gl_account.<our account>` map our chart to the company's, by product, then entity, then for everything; an account
without one keeps our name. A batch is what one kind of event did on one day in one currency.
"""

from __future__ import annotations

import polars as pl

from assets.facts.choices import EVERYTHING, GL_ACCOUNT
from lakehouse.tables import gold

DETAIL = "detail"
_NONE = "-"
_BATCH = ("book", "legal_entity_id", "accounting_period", "posted_on", "event_kind", "currency", "functional_currency")


def gl_export(journal: pl.LazyFrame, obligations: pl.DataFrame, policies: pl.DataFrame, detail: pl.Expr) -> pl.DataFrame:
    """gold.gl_export; `policies` are their states, `detail` says of each row whether its entity wants every line."""
    products = obligations.select("obligation_id", "product_id").lazy()
    mapped = _mapped(journal.join(products, on="obligation_id", how="left"), policies)
    batch = pl.concat_str(_BATCH, separator="|")
    keyed = mapped.with_columns(batch_id=batch, line_id=pl.when(detail).then("line_id").otherwise(pl.lit(_NONE)))
    amount, functional = pl.col("amount"), pl.col("functional_amount")
    rows = keyed.group_by("batch_id", *_BATCH, "line_id", "account", "gl_account").agg(amount.sum(), functional.sum())
    moved = rows.filter((amount != 0) | (functional != 0)).collect(engine="streaming")
    return gold.GL_EXPORT.conform(
        moved.select(
            *("batch_id", *_BATCH, "line_id", "account", "gl_account"),
            debit=amount.clip(0),
            credit=(-amount).clip(0),
            functional_debit=functional.clip(0),
            functional_credit=(-functional).clip(0),
        ).sort("batch_id", "line_id", "account", "gl_account")
    )


def _mapped(lines: pl.LazyFrame, policies: pl.DataFrame) -> pl.LazyFrame:
    """Lines with `gl_account`: the narrowest mapping of their account, the latest of several."""
    told = policies.filter(pl.col("name").str.starts_with(GL_ACCOUNT)).with_columns(
        account=pl.col("name").str.strip_prefix(GL_ACCOUNT)
    )
    ordered = told.sort("effective_from", "effective_at", "source_sequence", "known_at", "row_key", nulls_last=False)
    latest = ordered.unique(["account", "scope"], keep="last", maintain_order=True)
    lines = lines.with_columns(everything=pl.lit(EVERYTHING))
    scopes = ("product_id", "legal_entity_id", "everything")
    for scope in scopes:
        mapping = latest.select(pl.col("account"), pl.col("scope").alias(scope), pl.col("value").alias(f"by_{scope}"))
        lines = lines.join(mapping.lazy(), on=["account", scope], how="left")
    return lines.with_columns(gl_account=pl.coalesce(*(f"by_{scope}" for scope in scopes), "account"))
