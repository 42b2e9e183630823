"""Which entry each appended line belongs to, and ids that are the same whenever the same thing is appended.

An entry is what one event does in one service and accounting period. Its id is a hash of that, of how many entries the
journal holds of it already, and of its amounts. So a refresh that is repeated, or run twice at once, appends nothing twice;
a later correction has an id of its own; and two refreshes that saw different facts append two whole entries, never a
mixture of both, which the next refresh then corrects.

The id is `lakehouse.digests`, in hexadecimal, of six words: the two of the hash of book, legal entity, contract, document,
kind, event, currency and functional currency, joined by the unit separator; the days since 1970 of service period and
posting in one word, service first; that of the accounting period; how many entries are held; and the sum over the lines of

    mixed(amount * 3 + functional * 5 + position * 7 + first word of the hash of the account's name)

in ten-thousandths, wrapping around. A line's id adds its position among the accounts and obligations of its entry.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import polars as pl

from assets.ledger.accounts import Account
from assets.ledger.postings import ENTRY, EVENT
from lakehouse.digests import Words, digests_of_text, digests_of_words, hexadecimal, mixed
from lakehouse.hashing import SEPARATOR

_AMOUNTS = ("amount", "functional_amount")
_TOLD = ("legal_entity_id", "contract_id", "document_id", "event_kind", "event_id", "currency", "functional_currency")
_PERIODS = ("service_period", "accounting_period", "posted_on")
_KEYS = ("_key_1", "_key_2")
_OF_EVENT, _OF_ENTRY = _KEYS, (*_KEYS, *_PERIODS)
_OF_LEG = (*_OF_ENTRY, "account", "obligation_id")

Numbers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


def summed_legs(postings: pl.DataFrame) -> pl.DataFrame:
    """Each leg once, with the sum of its amounts, where that is not zero; entry by entry, in the order of `identified`.

    `postings` have the columns of a leg, `customer_id`, `held` (of what is posted already), `moved`, and amounts in
    ten-thousandths. Raises OverflowError where Int64 does not hold a sum.
    """
    # Keys of this process alone: two of 64 bits, as grouping by nine columns of text takes ten times as long.
    keys = [postings.select(_TOLD).hash_rows(seed).alias(name) for seed, name in enumerate(_KEYS)]
    ordered = postings.with_columns(keys).sort(_OF_LEG)
    begins = np.flatnonzero(_changes(ordered, _OF_LEG))
    if len(begins) < ordered.height:
        customers = _customers(ordered, begins)
        sums = {name: _sums(ordered.get_column(name).to_numpy(), begins) for name in _AMOUNTS}
        moved = np.logical_or.reduceat(ordered.get_column("moved").to_numpy(), begins)
        ordered = ordered[begins].with_columns(customers, moved=moved, **sums)
    return ordered.drop("held").filter(pl.any_horizontal(pl.col(_AMOUNTS) != 0))


def identified(legs: pl.DataFrame, held: pl.DataFrame, book: str) -> pl.DataFrame:
    """Legs with `line_id`, `entry_id`, `is_correction` and `corrects_entry_id`; `held` is the journal of the same book.

    An entry is a correction where it is posted later than where it belongs, or adds to what was posted already. What it
    corrects is the last entry of the same event and service period, wherever that was posted.
    """
    new_entry = _changes(legs, _OF_ENTRY)
    begins, entry = np.flatnonzero(new_entry), np.cumsum(new_entry) - 1
    position = np.arange(1, legs.height + 1) - begins[entry]
    entries = legs[begins].with_columns(moved=_any(legs.get_column("moved").to_numpy(), begins))
    counted = entries.with_columns(_held_entries(entries, held), _last_entries(entries, held))
    before, moved = counted.get_column("before"), counted.get_column("moved")
    words = [*_events(counted, book), *_places(counted), before.to_numpy(), _checksums(legs, position, begins)]
    correction = moved | (before > 0)
    named = pl.DataFrame(
        {
            "entry_id": hexadecimal(digests_of_words(words)),
            "corrects_entry_id": counted.select(pl.when(correction).then("corrects_entry_id")).to_series(),
            "is_correction": correction,
        }
    )
    of_line = legs.drop(*_KEYS, "moved").hstack(named[entry])
    return of_line.with_columns(line_id=pl.concat_str("entry_id", pl.Series(position), separator="-"))


def _changes(rows: pl.DataFrame, key: tuple[str, ...]) -> Flags:
    """Which of the ordered rows begin another key than the row before."""
    other = pl.any_horizontal(pl.col(name).ne_missing(pl.col(name).shift()) for name in key)
    return rows.select((pl.int_range(pl.len()) == 0) | other).to_series().to_numpy()


def _sums(values: Numbers, begins: npt.NDArray[np.intp]) -> Numbers:
    longest = int(np.diff(begins, append=len(values)).max())
    largest = max(abs(int(values.max())), abs(int(values.min())))
    if largest * longest >= 2**63:
        raise OverflowError(f"{longest} postings of up to {largest} ten-thousandths do not fit 64 bits.")
    return np.add.reduceat(values, begins)


def _any(flags: Flags, begins: npt.NDArray[np.intp]) -> Flags:
    return np.logical_or.reduceat(flags, begins) if len(begins) else flags


def _customers(ordered: pl.DataFrame, begins: npt.NDArray[np.intp]) -> pl.Series:
    """The customer of each leg: where its postings differ, what the facts say before what is posted."""
    first = np.zeros(ordered.height, np.bool_)
    first[begins] = True
    leg = pl.Series("leg", np.cumsum(first) - 1)
    told = ordered.select("customer_id", "held", leg, first=pl.Series(first))
    customer = pl.col("customer_id")
    unlike = told.filter(customer.ne_missing(customer.shift()) & ~pl.col("first")).get_column("leg").unique()
    customers = told.filter("first").get_column("customer_id")
    if unlike.is_empty():
        return customers
    among = told.filter(pl.col("leg").is_in(unlike.implode())).group_by("leg")
    one = pl.coalesce(customer.filter(~pl.col("held")).max(), customer.max())
    chosen = among.agg(one).sort("leg")
    return customers.scatter(chosen.get_column("leg"), chosen.get_column("customer_id"))


def _held_entries(entries: pl.DataFrame, held: pl.DataFrame) -> pl.Series:
    """`before`: how many entries the journal holds already of each event and period."""
    if held.is_empty():
        return pl.repeat(0, entries.height, dtype=pl.Int64, eager=True).alias("before")
    same = held.with_columns(pl.col("event_kind").cast(entries.schema["event_kind"]))
    counts = same.join(entries, on=ENTRY, how="semi").group_by(ENTRY).agg(before=pl.col("entry_id").n_unique())
    found = entries.join(counts, on=ENTRY, how="left", maintain_order="left")
    return found.get_column("before").fill_null(0).cast(pl.Int64)


def _last_entries(entries: pl.DataFrame, held: pl.DataFrame) -> pl.Series:
    """`corrects_entry_id`, the entry of each event and service period that was appended last."""
    if held.is_empty():
        return pl.repeat(None, entries.height, dtype=pl.String, eager=True).alias("corrects_entry_id")
    same = held.with_columns(pl.col("event_kind").cast(entries.schema["event_kind"])).join(entries, on=EVENT, how="semi")
    last = pl.col("entry_id").sort_by("booked_at", "accounting_period", "posted_on", "entry_id").last()
    latest = same.group_by(EVENT).agg(last.alias("corrects_entry_id"))
    return entries.join(latest, on=EVENT, how="left", maintain_order="left").get_column("corrects_entry_id")


def _events(entries: pl.DataFrame, book: str) -> tuple[Words, Words]:
    """The hash of what each entry is of, its periods apart; entries of one event follow each other."""
    new_event = _changes(entries, _OF_EVENT)
    event = np.cumsum(new_event) - 1
    told = entries.select(_TOLD).filter(pl.Series(new_event))
    parts = [pl.col(name).cast(pl.String) for name in _TOLD]
    low, high = digests_of_text(told.select(pl.concat_str(pl.lit(book), *parts, separator=SEPARATOR)).to_series())
    return low[event], high[event]


def _places(entries: pl.DataFrame) -> tuple[Numbers, Numbers]:
    """Service period and day of posting in one word, the accounting period in another."""
    served, accounted, posted = (
        entries.get_column(name).to_physical().cast(pl.Int64).to_numpy().view(np.uint64) for name in _PERIODS
    )
    day = np.uint64(0xFFFFFFFF)
    return ((served & day) << np.uint64(32) | (posted & day)).view(np.int64), accounted.view(np.int64)


def _checksums(legs: pl.DataFrame, position: Numbers, begins: npt.NDArray[np.intp]) -> Words:
    """Tells entries of other content apart; wraps around on overflow, which does it no harm."""
    if not len(begins):
        return np.zeros(0, np.uint64)
    amount, functional = (legs.get_column(name).to_numpy().view(np.uint64) for name in _AMOUNTS)
    account = _ACCOUNTS[legs.get_column("account").to_physical().to_numpy()]
    place = position.view(np.uint64)
    words = mixed(amount * np.uint64(3) + functional * np.uint64(5) + place * np.uint64(7) + account)
    return np.add.reduceat(words, begins)


# By the number of the account in ACCOUNT_TYPE, which may change; the hash of its name does not.
_ACCOUNTS = digests_of_text(pl.Series([account.value for account in Account]))[0]
