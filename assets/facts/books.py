"""Books: the same facts by different rules, such as US GAAP beside IFRS; only policies, estimates and judgements differ."""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from assets.facts.state import latest

DEFAULT_BOOK = "us_gaap"
"""The book of an entity that does not say which it keeps."""


def of_book(rows: pl.DataFrame, book: str) -> pl.DataFrame:
    """Rows that hold for a book: those that name it, and those that name none."""
    return rows.filter(pl.col("book").is_null() | (pl.col("book") == book))


def books_kept(legal_entities: pl.DataFrame) -> tuple[str, ...]:
    """Every book that some entity keeps, the default one first; `legal_entities` are every row of silver."""
    stated = latest(legal_entities, by=("legal_entity_id",)).get_column("books").drop_nulls().to_list()
    named = {book.strip() for books in stated for book in books.split(",")}
    return (DEFAULT_BOOK, *sorted(named - {DEFAULT_BOOK}))


def keeps(entities: pl.DataFrame, book: str, of: Iterable[str]) -> list[str]:
    """Which of some entities keep a book; one that nothing is known of keeps the default."""
    stated = dict(entities.select("legal_entity_id", "books").iter_rows())
    return sorted(entity for entity in of if book in (stated.get(entity) or [DEFAULT_BOOK]))
