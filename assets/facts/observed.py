"""Everything that the rules of revenue work on, observed by a day: documents, cash, who settles what, what waits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import polars as pl

from assets.facts.admission import Facts, admit
from assets.facts.agreed import Agreed, read_agreed
from assets.facts.books import DEFAULT_BOOK, of_book
from assets.facts.cash import read_cash
from assets.facts.conflicts import held_payments, in_conflict, part_from_held
from assets.facts.entities import time_zones
from assets.facts.invoices import read_documents
from assets.facts.ledger import LedgerFacts, ledger_facts
from assets.facts.missing import missing_cash, missing_documents, missing_states, unpaid
from assets.facts.pending import pending_facts
from assets.facts.pending_items import PendingItems, pending_items
from assets.facts.settled_otherwise import settled_otherwise, without_excluded
from assets.facts.settlements import settlement_links, settlements
from assets.facts.withdrawn import not_of_an_invoice, split_by_invoice
from assets.links.counting import counted_once
from assets.links.linked import Links, link
from lakehouse.tables import silver


@dataclass(frozen=True)
class Observed:
    """Facts by `as_of`, amounts in minor units.

    `pending_items` (what waits for an invoice), `invoices`, `lines`, `credit_notes` and `voided_notes` (of counted
    invoices), `settled` (payment and invoice), `payments`, `withdrawn`
    (refunds and disputes by invoice), `loose` (their part that belongs to no invoice), `reversals` (disputes won),
    `contracts` and `contract_lines` (every admitted row), `policies` (their state, of one book), `ledger` (what only the
    ledger reads), `zones`, `pending` (gold), and `agreed`, what contracts say and what was done under them. Of what several
    systems hold only the copy that counts is among them; `links` says which, and who is who.
    """

    as_of: date
    zones: pl.DataFrame
    pending_items: PendingItems
    invoices: pl.DataFrame
    lines: pl.DataFrame
    credit_notes: pl.DataFrame
    voided_notes: pl.DataFrame
    payments: pl.DataFrame
    settled: pl.DataFrame
    withdrawn: pl.DataFrame
    loose: pl.DataFrame
    reversals: pl.DataFrame
    contracts: pl.DataFrame
    contract_lines: pl.DataFrame
    policies: pl.DataFrame
    ledger: LedgerFacts
    pending: pl.DataFrame
    links: Links
    agreed: Agreed


@dataclass(frozen=True)
class FoundAmongAll:
    """What only all facts together tell, where a part of them is observed: links, and object ids in conflict."""

    links: Links
    held: pl.DataFrame


def observe(
    facts: Facts,
    as_of: date,
    book: str = DEFAULT_BOOK,
    found: FoundAmongAll | None = None,
    *,
    systems_elsewhere: pl.DataFrame | None = None,
) -> Observed:
    """Read the facts once, leave out what waits, and say what that is; policies are those of one book.

    Where these are a part of all facts: `found`, what was found among all of them; or, where the part is linked by itself,
    `systems_elsewhere`, of which systems the others tell something.
    """
    every_copy = admit(facts, found.held if found else None)
    linked = found.links if found else link(every_copy, systems_elsewhere)
    admitted = counted_once(every_copy, linked.copies, linked.payers)
    zones = time_zones(admitted.free(silver.LEGAL_ENTITIES))
    documents = read_documents(admitted, zones, as_of)
    applications = admitted.free(silver.CASH_APPLICATIONS)
    every = read_cash(admitted, zones, as_of)
    links = settlement_links(applications, every.payments)
    cash, stuck = part_from_held(every, admitted, held_payments(admitted, documents, links))
    policies = of_book(admitted.states(silver.POLICIES), book)
    ledger = ledger_facts(admitted, policies, zones, as_of, book)
    paid = settlements(links, cash.payments, documents.invoices)
    documents = without_excluded(documents, ledger.exclusions, paid)
    settled = settled_otherwise(documents, paid, ledger.balances, zones, as_of)
    withdrawn = split_by_invoice(cash.withdrawals, settled)
    counted = documents.invoices.select(corrects_document_id="document_id")
    return Observed(
        as_of=as_of,
        links=linked,
        zones=zones,
        pending_items=pending_items(every_copy, documents, policies, zones, as_of),
        invoices=documents.invoices,
        lines=documents.lines,
        credit_notes=documents.credit_notes.join(counted, on="corrects_document_id", how="semi"),
        voided_notes=documents.voided_notes.join(counted, on="corrects_document_id", how="semi"),
        payments=cash.payments,
        settled=settled,
        withdrawn=withdrawn,
        loose=not_of_an_invoice(cash.withdrawals, withdrawn),
        reversals=cash.reversals,
        contracts=admitted.free(silver.CONTRACTS),
        contract_lines=admitted.free(silver.CONTRACT_LINES),
        policies=policies,
        ledger=ledger,
        agreed=read_agreed(admitted, zones, as_of, book),
        pending=pending_facts(
            [
                *in_conflict(admitted, documents, stuck),
                *missing_documents(admitted, documents),
                *missing_states(admitted),
                *missing_cash(cash, documents, links, unpaid(applications, every.payments, zones, as_of)),
            ]
        ),
    )
