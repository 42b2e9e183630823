"""Who is who: customers of several systems, or of one system twice, who are the same.

In order of certainty: an id that one system gives of another's customer, a tax id, an e-mail address, a name together with
the domain of its address or website. What two customers have in common ties them; ties are transitive. A mark that more
than `SHARED_BY_MANY` customers of one system bear (a mailbox such as orders@example.com) says nothing of any of them.
"""

from __future__ import annotations

import polars as pl

from assets.facts.admission import Admitted
from assets.links.clusters import clusters
from assets.links.evidence import as_json, beside
from assets.links.precedence import with_counted
from assets.links.references import LINK, SHARED_ID
from lakehouse.tables import gold, silver

SHARED_BY_MANY = 10
# Mailbox providers: a common name and one of these make no identity.
PUBLIC_DOMAINS = (
    *("gmail.com", "googlemail.com", "yahoo.com", "hotmail.com", "outlook.com", "live.com", "icloud.com", "aol.com"),
    *("msn.com", "gmx.de", "gmx.net", "web.de", "qq.com", "163.com", "mail.ru", "proton.me", "protonmail.com"),
)
_LEGAL_FORMS = (
    r"\b(inc|incorporated|llc|ltd|limited|gmbh|ag|kg|corp|corporation|co|company|sa|sarl|srl|bv|nv|plc|oy|ab|as)\b"
)

TAX_KINDS = ("tax_id", "vat_id", "vat_number")
"""Kinds of references that are a tax id."""
RULES = {"tax_id": "certain", "email": "strong", "name_and_domain": "probable"}
_ORDER = (SHARED_ID, *RULES)


def marks(admitted: Admitted, references: pl.DataFrame) -> pl.DataFrame:
    """What customers are known by: customer_id, system, rule and mark, normalised."""
    state = admitted.states(silver.CUSTOMERS)
    named = references.filter(object_kind="customer")
    of = named.select(customer_id="object_id", kind="reference_kind", text="reference")
    emails = pl.concat(
        [
            state.select(customer_id="object_id", text="email"),
            of.filter(kind="email").select("customer_id", "text"),
        ]
    ).select("customer_id", mark=email_mark(pl.col("text")))
    tax = of.filter(pl.col("kind").is_in(TAX_KINDS)).select(
        "customer_id", mark=letters_and_digits(pl.col("text")).str.to_uppercase()
    )
    sites = of.filter(pl.col("kind").is_in(["domain", "website"])).select("customer_id", domain=_domain(pl.col("text")))
    addresses = emails.select("customer_id", domain=pl.col("mark").str.extract(r"@(.+)$", 1))
    domains = pl.concat([sites, addresses]).drop_nulls().filter(~pl.col("domain").is_in(PUBLIC_DOMAINS)).unique()
    names = state.select(customer_id="object_id", name=name_mark(pl.col("name"))).drop_nulls()
    both = names.join(domains, on="customer_id").select("customer_id", mark=pl.concat_str("name", pl.lit("@"), "domain"))
    told = [tax.with_columns(rule=pl.lit("tax_id")), emails.with_columns(rule=pl.lit("email"))]
    every = pl.concat([*told, both.with_columns(rule=pl.lit("name_and_domain"))]).drop_nulls("mark").unique()
    known = every.join(state.select("source", customer_id="object_id"), on="customer_id")
    prefix = pl.col("customer_id").str.extract(r"^([a-z][a-z0-9_-]*):", 1)
    with_system = known.with_columns(system=pl.coalesce(prefix, "source")).drop("source")
    bearers = pl.len().over("rule", "mark", "system").max().over("rule", "mark")
    return with_system.filter(bearers <= SHARED_BY_MANY)


def email_mark(text: pl.Expr) -> pl.Expr:
    """An e-mail address in small letters; nothing where it is none."""
    plain = text.str.strip_chars().str.to_lowercase()
    return pl.when(plain.str.contains(r"^[^@\s]+@[^@\s]+$")).then(plain)


def name_mark(text: pl.Expr) -> pl.Expr:
    """A name without punctuation and legal form: 'ACME, Inc.' is 'acme'."""
    words = text.str.to_lowercase().str.replace_all(r"[^\p{L}\p{N}\s]", " ").str.replace_all(_LEGAL_FORMS, " ")
    plain = words.str.replace_all(r"\s+", " ").str.strip_chars()
    return pl.when(plain != "").then(plain)


def same_customers(found: pl.DataFrame, copies: pl.DataFrame) -> pl.DataFrame:
    """Links between customers, from their marks and from `copies`, the links that references state."""
    shared = found.with_columns(b=pl.col("customer_id").min().over("rule", "mark"), bearers=pl.len().over("rule", "mark"))
    tied = shared.filter((pl.col("bearers") > 1) & (pl.col("b") != pl.col("customer_id")))
    by_mark = tied.select(
        a="customer_id",
        a_kind=pl.lit("customer"),
        b="b",
        b_kind=pl.lit("customer"),
        rule="rule",
        confidence=pl.col("rule").replace_strict(RULES, return_dtype=pl.String),
        evidence=as_json(shared=pl.col("mark")),
    )
    return pl.concat([copies.filter(a_kind="customer").select(LINK), by_mark])


def canonical_customers(links: pl.DataFrame, things: pl.DataFrame, policies: pl.DataFrame) -> pl.DataFrame:
    """gold.customer_links: for everyone in a group of customers, the one that stands for all and the strongest tie."""
    return gold.CUSTOMER_LINKS.conform(
        canonical("customer", links, things, policies).rename(
            {"object_id": "customer_id", "canonical": "canonical_customer_id"}
        )
    )


def canonical(kind: str, links: pl.DataFrame, things: pl.DataFrame, policies: pl.DataFrame) -> pl.DataFrame:
    """Everything in a group with `canonical`, the lowest id of the system that counts, and the strongest rule tying it."""
    known = things.filter(kind=kind).select("object_id", "system", "legal_entity_id", "row_key", "at")
    members = clusters(links).join(known, on="object_id")
    counted = with_counted(members, kind, policies)
    stands = counted.filter("counts").group_by("group").agg(canonical=pl.col("object_id").min())
    ends = pl.concat(
        [
            links.select("rule", "confidence", "evidence", object_id=side, other=other)
            for side, other in (("a", "b"), ("b", "a"))
        ]
    )
    rank = pl.col("rule").replace_strict({rule: place for place, rule in enumerate(_ORDER)}, default=len(_ORDER))
    strongest = ends.sort(rank, "other", "evidence").unique("object_id", keep="first", maintain_order=True)
    told = counted.join(stands, on="group").join(strongest, on="object_id")
    columns = ("object_id", "system", "canonical", "rule", "confidence", "evidence", "row_key")
    return told.with_columns(evidence=beside("evidence", tied_to="other")).sort("object_id").select(columns)


def letters_and_digits(text: pl.Expr) -> pl.Expr:
    """A text by its letters and digits alone; nothing where it has none."""
    plain = text.str.replace_all(r"[^\p{L}\p{N}]", "")
    return pl.when(plain != "").then(plain)


def _domain(text: pl.Expr) -> pl.Expr:
    host = text.str.strip_chars().str.to_lowercase().str.replace(r"^[a-z]+://", "").str.replace(r"^www\.", "")
    return host.str.extract(r"^([^/:?#\s]+)", 1)
