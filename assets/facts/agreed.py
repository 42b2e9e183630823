"""What the basis `contract` works on besides documents and cash: agreements and their lines as they changed, what was done
and used, what was estimated, decided and priced.

An observation (performance, usage, cost) counts once, in its latest state. An agreement, an estimate and a judgement have a
history: what was said later holds from its day on and never rewrites what came before it (DESIGN, section 7).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import polars as pl

from assets.facts.admission import Admitted
from assets.facts.books import DEFAULT_BOOK, of_book
from assets.facts.entities import with_accounting_days, with_seconds_of_day
from assets.facts.state import ORDER
from lakehouse.tables import silver


@dataclass(frozen=True)
class Agreed:
    """Facts by `as_of`, each with its accounting `day`; decimals as told.

    `contracts`, `lines`, `estimates`, `judgements`: every assertion and retraction, one a day and object. `performance`,
    `usage`, `costs`, `grants`: in their latest state. `prices`, `products`: their state.
    """

    as_of: date
    contracts: pl.DataFrame
    lines: pl.DataFrame
    estimates: pl.DataFrame
    judgements: pl.DataFrame
    performance: pl.DataFrame
    usage: pl.DataFrame
    costs: pl.DataFrame
    prices: pl.DataFrame
    products: pl.DataFrame
    grants: pl.DataFrame


def read_agreed(admitted: Admitted, zones: pl.DataFrame, as_of: date, book: str = DEFAULT_BOOK) -> Agreed:
    """Read what contracts say and what was done under them, as estimated and judged for one book."""

    def dated(rows: pl.DataFrame, **days: str) -> pl.DataFrame:
        return with_accounting_days(rows, zones, {"day": "effective_at"} | days).filter(pl.col("day") <= as_of)

    lines = dated(admitted.free(silver.CONTRACT_LINES), served_from="service_from", served_to="service_to")
    term = {"begins_on": "start_at", "bound_on": "approved_at", "ends_on": "end_at", "enforceable_to": "enforceable_until"}
    contracts = dated(admitted.free(silver.CONTRACTS), **term)
    return Agreed(
        as_of=as_of,
        contracts=_history(contracts),
        lines=with_seconds_of_day(
            _history(lines), zones, {"from_second": "service_from", "to_second": "service_to"}
        ).with_columns(pl.col("from_second", "to_second").fill_null(0)),
        estimates=_history(dated(of_book(admitted.free(silver.ESTIMATES), book))),
        judgements=_history(dated(of_book(admitted.free(silver.JUDGEMENTS), book))),
        performance=dated(admitted.states(silver.PERFORMANCE)),
        usage=dated(admitted.states(silver.USAGE)),
        costs=dated(admitted.states(silver.COSTS)),
        prices=admitted.states(silver.PRICES),
        products=admitted.states(silver.PRODUCTS),
        grants=dated(admitted.states(silver.CREDIT_GRANTS)),
    )


def _history(rows: pl.DataFrame) -> pl.DataFrame:
    """One row an object and day: the last that was said of it on that day."""
    return rows.sort(ORDER, nulls_last=False).unique(subset=["object_id", "day"], keep="last", maintain_order=True)
