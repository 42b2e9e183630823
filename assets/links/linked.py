"""All links of all facts: who is who, which copy of a thing counts, what follows from what, what disagrees."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from assets.facts.admission import Admitted
from assets.links.bills import loose_and_due, notes_and_refunds, payers, with_bill
from assets.links.copies import Copies, copies_of
from assets.links.customers import canonical_customers, marks, same_customers
from assets.links.disagreements import WINDOW_DAYS, disagreements, exceptions, missing, still_open, undecided
from assets.links.given_back import notes_of_refunds
from assets.links.look_alikes import Likeness
from assets.links.objects import TABLE_OF, objects
from assets.links.open_invoices import settled_by_amount
from assets.links.parties import with_party
from assets.links.products import canonical_products, same_products
from assets.links.references import own_numbers, references_in_force, resolve, systems_here
from assets.links.sales import MEMBER, members_of, sale_copies, with_notes
from assets.links.stated import applications, payments_of, stated_links
from assets.links.transactions import transaction_links
from lakehouse.tables import silver

NOT_A_COPY = "not_a_copy"
"""A judgement of this decision keeps every rule off the object in its scope; what systems state still links it."""
_AGREE = ("party", "amount", "currency")
LIKENESSES: dict[str, tuple[Likeness, ...]] = {
    "document": (Likeness("customer_amount_and_days", "probable", _AGREE, WINDOW_DAYS),),
    "contract": (Likeness("customer_monthly_value_and_start", "probable", _AGREE, WINDOW_DAYS),),
    # Money takes days from one ledger to the next; that it settles the same bill is stronger than its day.
    "cash": (
        Likeness("settles_the_same_bill", "strong", ("settles", "amount", "currency"), 10),
        Likeness("customer_amount_and_days", "probable", _AGREE, WINDOW_DAYS, unless="settles"),
    ),
}
COPIED_KINDS = ("opportunity", "quote", "contract", "document", "cash", "ledger_entry")


@dataclass(frozen=True)
class Links:
    """The gold tables `transactions`, `copies`, `customers`, `products` and `exceptions`.

    `payers`: cash_id and document_id of cash whose document only an external reference names. `here`: of which systems
    these facts tell something (`assets.links.references.systems_here`).
    """

    transactions: pl.DataFrame
    copies: pl.DataFrame
    customers: pl.DataFrame
    products: pl.DataFrame
    exceptions: pl.DataFrame
    payers: pl.DataFrame
    here: pl.DataFrame


def link(admitted: Admitted, elsewhere: pl.DataFrame | None = None) -> Links:
    """Find every link among the admitted facts.

    `elsewhere`: of which systems other facts tell something, where these are a part of all.
    """
    things = objects(admitted)
    references = references_in_force(admitted)
    known = pl.concat([admitted[table].get_column("object_id") for table in TABLE_OF.values()]).unique()
    here = systems_here(things)
    every_system = here if elsewhere is None else pl.concat([here, elsewhere]).unique()
    referred = resolve(references, things, known, every_system)
    policies = admitted.states(silver.POLICIES)
    known_by = marks(admitted, references)
    customers = canonical_customers(same_customers(known_by, referred.copies), things, policies)
    products = canonical_products(same_products(references, referred.copies), things, policies)
    applied, payments = applications(admitted), payments_of(admitted)
    parties = with_party(things, customers, known_by, references)
    numbers = own_numbers(references, things)
    judged = admitted.states(silver.JUDGEMENTS).filter(decision=NOT_A_COPY).select(object_id="scope").unique()
    found: dict[str, Copies] = {}
    copied = [pl.DataFrame(schema=MEMBER)]
    for kind in COPIED_KINDS:
        own = parties.filter(kind=kind)
        # What cash settles tells copies apart: it matters only where there may be some.
        if kind == "cash" and (own.get_column("system").n_unique() > 1 or referred.copies.height):
            own = with_bill(own, parties, applied, payments, pl.concat(copied))
        found[kind] = copies_of(kind, own, referred.copies, numbers.filter(kind=kind), LIKENESSES.get(kind, ()), judged)
        copied.append(members_of(own, found[kind].groups, kind, policies))
    members = pl.concat(copied)
    notes = notes_of_refunds(*notes_and_refunds(admitted, parties, applied, payments, members))
    copies = sale_copies(with_notes(members, notes, parties))
    inferred, unclear = settled_by_amount(*loose_and_due(parties, applied, referred.derived, copies))
    every = [found[kind].links for kind in COPIED_KINDS]
    consequences = pl.concat([stated_links(admitted, things, applied, payments), referred.derived, inferred])
    return Links(
        transactions=transaction_links(pl.concat([*every, notes]), consequences, things, copies),
        copies=copies,
        customers=customers,
        products=products,
        exceptions=_exceptions(members, found, referred.unclear, referred.missing, unclear, things),
        payers=payers(referred.derived, applied),
        here=here,
    )


def _exceptions(
    members: pl.DataFrame,
    found: dict[str, Copies],
    unanswered: pl.DataFrame,
    lost: pl.DataFrame,
    unclear: pl.DataFrame,
    things: pl.DataFrame,
) -> pl.DataFrame:
    several = [(unclear, "cash", False)]
    for kind, copies in found.items():
        groups = members.filter(kind=kind).select("object_id", "group")
        asked = unanswered.filter(object_kind=kind).select("object_id", "candidates")
        several += [(still_open(asked, groups), kind, False), (still_open(copies.unclear, groups), kind, False)]
        several.append((copies.free, kind, True))
    rows = [undecided(told, things, kind, chosen=chosen) for told, kind, chosen in several if told.height]
    return exceptions([disagreements(members), missing(lost, things), *rows])
