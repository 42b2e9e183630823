"""Who is who, and that a customer of several systems is counted as one."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.assets.links.sales import bill, copies, customer, derived, left_out, linked, says
from tests.assets.revenue_facts import Row, fact, run

STRIPE, NETSUITE = "stripe:c", "netsuite:c"


def names(rows: list[Row]) -> dict[str, tuple[str, str]]:
    """Each customer of a group: who stands for it, and by which rule."""
    links = linked(rows).customers
    return {
        who: (stands, rule) for who, stands, rule in links.select("customer_id", "canonical_customer_id", "rule").rows()
    }


IN_STRIPE, IN_NETSUITE = customer(STRIPE, None), customer(NETSUITE, None)
SITE = says(STRIPE, "https://www.acme.example/shop", kind="website", of="customer", relation="names")
TAX = [
    says(who, number, kind="tax_id", of="customer", relation="names")
    for who, number in ((STRIPE, "DE 123.456"), (NETSUITE, "de123456"))
]


@pytest.mark.parametrize(
    ("rows", "rule"),
    [
        ([IN_STRIPE, IN_NETSUITE, says(NETSUITE, "c", system="stripe", of="customer")], "shared_id"),
        ([IN_STRIPE, IN_NETSUITE, *TAX], "tax_id"),
        ([customer(STRIPE, "Ada@Example.com "), customer(NETSUITE, "ada@example.com")], "email"),
        (
            [customer(STRIPE, None, "ACME, Inc."), customer(NETSUITE, "ap@acme.example", "Acme GmbH"), SITE],
            "name_and_domain",
        ),
    ],
    ids=["id", "tax id", "e-mail", "name and domain"],
)
def test_what_makes_two_customers_one(rows: list[Row], rule: str) -> None:
    assert names(rows) == {STRIPE: (STRIPE, rule), NETSUITE: (STRIPE, rule)}


@pytest.mark.parametrize(
    "rows",
    [
        [customer(STRIPE, "a@gmail.com", "Jan Smit"), customer(NETSUITE, "b@gmail.com", "Jan Smit")],
        [customer(STRIPE, "a@acme.example", "Jan Smit"), customer(NETSUITE, "b@acme.example", "Ann Smit")],
        [customer(STRIPE, None, "Acme"), customer(NETSUITE, None, "Acme")],
        [customer(STRIPE, "none"), customer(NETSUITE, "none")],
    ],
    ids=["public domain", "other name", "name alone", "no address"],
)
def test_what_does_not(rows: list[Row]) -> None:
    assert names(rows) == {}


def test_a_mailbox_of_many_says_nothing_of_any() -> None:
    many = [customer(f"shopify:{n}", "orders@reseller.example") for n in range(11)]
    assert names([*many, customer(STRIPE, "orders@reseller.example")]) == {}


def test_ties_are_transitive_and_evidence_says_with_whom() -> None:
    rows = [customer(STRIPE, "a@acme.example"), customer("shopify:c", "a@acme.example"), customer(NETSUITE, None)]
    rows.append(says(NETSUITE, "shopify:c", of="customer"))
    found = linked(rows).customers
    assert set(found.get_column("canonical_customer_id")) == {STRIPE}
    shop = found.filter(customer_id="shopify:c").row(0, named=True)
    assert (shop["rule"], shop["confidence"]) == ("shared_id", "certain")
    assert shop["evidence"].startswith('{"tied_to":"netsuite:c","evidence":{"reference_kind":"object_id"')


def test_products_of_one_sku_are_one() -> None:
    rows = [fact("products", name, "2023-01-01") for name in ("stripe:p", "shopify:p", "shopify:q")]
    rows += [says(name, sku, kind="sku", of="product", relation="names")
             for name, sku in (("stripe:p", "ab-1"), ("shopify:p", "AB-1"), ("shopify:q", "AB-2"))]  # fmt: skip
    found = linked(rows).products.select("product_id", "canonical_product_id", "rule").rows()
    assert found == [("shopify:p", "stripe:p", "sku"), ("stripe:p", "stripe:p", "sku")]


def subscription(name: str, buyer: str, price: str, start: str = "2024-01-01", interval: str = "month") -> list[Row]:
    stated = {"contract_id": name, "quantity": Decimal(1), "unit_price": Decimal(price), "currency": "USD"}
    return [
        fact("contracts", name, start, status="active", customer_id=buyer, currency="USD", start_at=start),
        fact("contract_lines", f"{name}:l", start, **stated, billing_interval=interval, billing_interval_count=1),
    ]


WHO = [customer(STRIPE), customer(NETSUITE)]


def mrr(rows: list[Row]) -> tuple[str, int]:
    row = run(rows, "2024-01-31")["mrr_by_month"].row(0, named=True)
    return f"{row['closing']:.2f}", row["customers"]


def test_a_contract_in_two_systems_is_one_by_what_it_comes_to_in_a_month() -> None:
    rows = [
        *WHO,
        *subscription("stripe:sub", STRIPE, "100"),
        *subscription("netsuite:so", NETSUITE, "1200", "2024-01-03", "year"),
    ]
    found = linked(rows)
    assert copies(found, "contract") == {("netsuite:so", "stripe:sub")}
    assert mrr(rows) == ("100.00", 1)


def test_two_contracts_of_a_customer_of_two_systems_are_one_customer() -> None:
    rows = [*WHO, *subscription("stripe:sub", STRIPE, "100"), *subscription("netsuite:so", NETSUITE, "40")]
    assert linked(rows).copies.is_empty()
    assert mrr(rows) == ("140.00", 1)
    assert mrr(rows[2:]) == ("140.00", 2)


def test_the_invoice_of_a_contract_copy_belongs_to_the_contract_that_counts() -> None:
    rows = [*WHO, *subscription("stripe:sub", STRIPE, "100"), *subscription("netsuite:so", NETSUITE, "100")]
    rows += bill("netsuite:7", "2024-01-05", "30.00", NETSUITE, contract_id="netsuite:so")
    books = run(rows)
    assert books["contracts"].select("contract_id", "status").rows() == [("stripe:sub", "active")]
    assert books["obligations"].get_column("contract_id").to_list() == ["stripe:sub"]
    assert books["pending_facts"].is_empty()


def test_from_deal_to_ledger_each_follows_from_the_one_before() -> None:
    deal = {"stage": "Won", "status": "won", "amount": Decimal(90), "currency": "USD", "customer_id": "salesforce:a"}
    entry = {"entry_id": "netsuite:je1", "account": "4000", "currency": "USD", "document_id": "netsuite:7"}
    rows = [
        fact("opportunities", "salesforce:o", "2024-01-01", **deal),
        fact(
            "quotes",
            "salesforce:q",
            "2024-01-02",
            status="accepted",
            opportunity_id="salesforce:o",
            contract_id="stripe:sub",
        ),
        *subscription("stripe:sub", STRIPE, "90"),
        *bill("netsuite:7", "2024-01-05", "90.00", NETSUITE, contract_id="stripe:sub"),
        fact("ledger_entries", "netsuite:je1-1", "2024-01-05", amount=Decimal(-90), posted_on=None, **entry),
        fact("ledger_entries", "netsuite:je1-2", "2024-01-05", amount=Decimal(90), posted_on=None, **entry),
    ]
    found = linked(rows)
    assert derived(found, "quote", "opportunity") == {("salesforce:q", "salesforce:o")}
    assert derived(found, "contract", "quote") == {("stripe:sub", "salesforce:q")}
    assert derived(found, "document", "contract") == {("netsuite:7", "stripe:sub")}
    assert derived(found, "ledger_entry", "document") == {("netsuite:je1", "netsuite:7")}
    assert left_out(found) == set()
