"""One bill in several systems: which rule finds it, and that two sales stay two."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import polars as pl
import pytest

from tests.assets.links.sales import bill, copies, customer, derived, disagreements, left_out, linked, paid, policy, says
from tests.assets.revenue_facts import Row, changes, fact, period_log, run
from tests.assets.test_waiting_facts import conflict_on

WHO = [customer("stripe:c"), customer("shopify:c"), customer("netsuite:c")]
ORDER = bill("shopify:1001", "2024-03-04", "90.00", "shopify:c", number="#1001")


def revenue(rows: list[Row]) -> dict[str, str]:
    return changes(run(rows)["journal"]).get("Revenue", {})


def test_an_id_in_metadata_makes_a_certain_copy_and_revenue_counts_once() -> None:
    rows = [
        *WHO,
        *ORDER,
        *bill("stripe:in_1", "2024-03-04", "90.00", "stripe:c"),
        says("stripe:in_1", "1001", system="shopify"),
    ]
    found = linked(rows)
    assert copies(found) == {("shopify:1001", "stripe:in_1")}
    assert found.transactions.select("rule", "confidence").rows() == [("shared_id", "certain")]
    assert left_out(found) == {"shopify:1001"}
    assert revenue(rows) == {"2024-03": "90.00"}


def test_a_number_of_a_record_without_its_family_is_its_id() -> None:
    rows = [
        *WHO,
        *bill("netsuite:transaction/77", "2024-03-06", "90.00", "netsuite:c"),
        *bill("stripe:in_1", "2024-03-04", "91.00", "stripe:c"),
        says("stripe:in_1", "77", system="netsuite", kind="invoice_id"),
    ]
    found = linked(rows)
    assert copies(found) == {("netsuite:transaction/77", "stripe:in_1")}
    assert set(found.exceptions.get_column("kind")) == {"amount"}


def test_a_number_that_two_families_bear_leads_to_neither() -> None:
    bills = [bill(f"quickbooks:{family}/77", "2024-03-06", "90.00", None) for family in ("Invoice", "SalesReceipt")]
    rows = [*bills[0], *bills[1], *bill("stripe:in_1", "2024-03-04", "91.00", None)]
    found = linked([*rows, says("stripe:in_1", "77", system="quickbooks", kind="invoice_id")])
    assert copies(found) == set()
    assert found.exceptions.is_empty()


def test_the_number_that_a_shop_gives_its_own_order_misses_nothing() -> None:
    own = says("shopify:1001", "1001", system="shopify", kind="order_number")
    assert linked([*WHO, *ORDER, own]).exceptions.is_empty()


@pytest.mark.parametrize("relation", ["same_as", "derives_from"])
def test_an_invoice_that_derives_from_the_order_of_a_shop_is_a_bill_of_the_same_sale(relation: str) -> None:
    other = bill("netsuite:7", "2024-03-05", "90.00", "netsuite:c")
    named = says("netsuite:7", "1001", system="shopify", kind="order_number", relation=relation)
    assert copies(linked([*ORDER, *other, named])) == {("netsuite:7", "shopify:1001")}


def test_two_invoices_of_an_order_that_nobody_delivered_are_one_sale() -> None:
    rows = [*bill("stripe:in_1", "2024-03-04", "90.00", None), *bill("netsuite:7", "2024-03-20", "90.00", None)]
    rows += [says(name, "77", system="magento", kind="order_number") for name in ("stripe:in_1", "netsuite:7")]
    assert copies(linked(rows)) == {("netsuite:7", "stripe:in_1")}


def test_a_number_with_amount_and_currency_is_strong() -> None:
    found = linked([*ORDER, *bill("quickbooks:5", "2024-03-20", "90.00", None, number="1001")])
    assert copies(found) == {("quickbooks:5", "shopify:1001")}
    assert found.transactions.get_column("confidence").to_list() == ["strong"]


def test_a_number_alone_links_nothing() -> None:
    assert copies(linked([*ORDER, *bill("quickbooks:5", "2024-03-05", "80.00", None, number="1001")])) == set()


def test_a_number_that_comes_again_after_months_links_nothing() -> None:
    assert copies(linked([*ORDER, *bill("quickbooks:5", "2024-06-05", "90.00", None, number="1001")])) == set()


def test_a_number_with_the_customer_links_another_amount_and_says_so() -> None:
    found = linked([*WHO, *ORDER, *bill("netsuite:5", "2024-03-20", "80.00", "netsuite:c", number="1001")])
    assert copies(found) == {("netsuite:5", "shopify:1001")}
    exception = found.exceptions.filter(kind="amount").row(0, named=True)
    assert (exception["value"], exception["other_value"]) == ("90.0000 USD", "80.0000 USD")
    assert f"{exception['difference']:.2f} {exception['currency']}" == "10.00 USD"


def test_a_number_that_a_system_has_twice_is_ambiguous() -> None:
    twice = [row for name in ("a", "b") for row in bill(f"netsuite:{name}", "2024-03-04", "90.00", None, number="1001")]
    found = linked([*ORDER, *twice])
    assert copies(found) == set()
    exception = found.exceptions.row(0, named=True)
    assert (exception["kind"], exception["object_id"]) == ("ambiguous", "shopify:1001")
    assert exception["other_value"] == "netsuite:a,netsuite:b"


def test_customer_amount_and_days_are_probable() -> None:
    found = linked([*WHO, *ORDER, *bill("stripe:in_1", "2024-03-07", "90.00", "stripe:c")])
    assert copies(found) == {("shopify:1001", "stripe:in_1")}
    assert found.transactions.get_column("confidence").to_list() == ["probable"]


@pytest.mark.parametrize(
    "other",
    [
        bill("stripe:in_1", "2024-03-08", "90.00", "stripe:c"),
        bill("stripe:in_1", "2024-03-04", "90.01", "stripe:c"),
        bill("stripe:in_1", "2024-03-04", "90.00", "stripe:c", currency="EUR"),
        bill("stripe:in_1", "2024-03-04", "90.00", "stripe:other"),
        bill("stripe:in_1", "2024-03-04", "90.00", None),
        bill("stripe:in_1", "2024-03-04", "90.00", "stripe:c", legal_entity_id="other"),
        bill("shopify:1002", "2024-03-04", "90.00", "shopify:c"),
    ],
    ids=["four days", "amount", "currency", "customer", "no customer", "entity", "same system"],
)
def test_what_differs_in_one_respect_is_another_sale(other: list[Row]) -> None:
    rows = [*WHO, *ORDER, *other]
    assert copies(linked(rows)) == set()
    assert linked(rows).copies.is_empty()


def test_a_guest_is_known_by_the_address_on_the_order() -> None:
    order = bill("shopify:1001", "2024-03-04", "90.00", None)
    address = says("shopify:1001", " ADA@Example.com ", kind="email", relation="names")
    found = linked([customer("stripe:c"), *order, address, *bill("stripe:in_1", "2024-03-04", "90.00", "stripe:c")])
    assert copies(found) == {("shopify:1001", "stripe:in_1")}


def test_two_sales_of_one_amount_on_one_day_stay_two() -> None:
    rows = [*WHO]
    for name in ("a", "b"):
        rows += bill(f"shopify:{name}", "2024-03-04", "90.00", "shopify:c")
        rows += bill(f"stripe:{name}", "2024-03-04", "90.00", "stripe:c")
    found = linked(rows)
    assert copies(found) == {("shopify:a", "stripe:a"), ("shopify:b", "stripe:b")}
    assert found.exceptions.is_empty()
    assert revenue(rows) == {"2024-03": "180.00"}


def test_of_two_and_one_one_is_linked_and_the_choice_is_told() -> None:
    rows = [*WHO, *ORDER]
    rows += [row for name in ("a", "b") for row in bill(f"netsuite:{name}", "2024-03-04", "90.00", "netsuite:c")]
    found = linked(rows)
    assert copies(found) == {("netsuite:a", "shopify:1001")}
    assert revenue(rows) == {"2024-03": "180.00"}
    exception = found.exceptions.row(0, named=True)
    assert (exception["kind"], exception["severity"], exception["object_id"]) == ("ambiguous", "low", "shopify:1001")
    assert exception["other_value"] == "netsuite:a,netsuite:b"


def test_the_nearest_day_decides_between_two() -> None:
    near = bill("netsuite:near", "2024-03-05", "90.00", "netsuite:c")
    far = bill("netsuite:far", "2024-03-02", "90.00", "netsuite:c")
    found = linked([*WHO, *ORDER, *near, *far])
    assert copies(found) == {("netsuite:near", "shopify:1001")}
    assert found.exceptions.is_empty()


def test_a_system_that_tells_late_has_as_many_sales() -> None:
    """Days 1 and 2 here, 2 and 3 there: by the nearest day the second would take the first's copy."""
    rows = [*WHO]
    for day in (1, 3, 5):
        rows += bill(f"shopify:{day}", f"2024-03-0{day}", "90.00", "shopify:c")
        rows += bill(f"netsuite:{day}", f"2024-03-0{day + 2}", "90.00", "netsuite:c")
    assert copies(linked(rows)) == {(f"netsuite:{day}", f"shopify:{day}") for day in (1, 3, 5)}


def test_three_systems_make_one_sale() -> None:
    rows = [*WHO, *ORDER, *bill("stripe:in_1", "2024-03-04", "90.00", "stripe:c")]
    rows += bill("netsuite:7", "2024-03-05", "90.00", "netsuite:c")
    found = linked(rows)
    assert left_out(found) == {"shopify:1001", "netsuite:7"}
    assert found.copies.get_column("sale_id").n_unique() == 1
    assert revenue(rows) == {"2024-03": "90.00"}


def test_a_stronger_rule_takes_the_copy_from_a_weaker() -> None:
    rows = [*WHO, *ORDER, *bill("stripe:in_1", "2024-03-04", "90.00", "stripe:c")]
    rows += [*bill("stripe:in_2", "2024-03-09", "90.00", "stripe:c"), says("stripe:in_2", "1001", system="shopify")]
    assert copies(linked(rows)) == {("shopify:1001", "stripe:in_2")}


def test_instalments_of_an_order_all_count_and_the_order_does_not() -> None:
    rows = [*WHO, *ORDER]
    for name, amount in (("a", "40.00"), ("b", "50.00")):
        rows += bill(f"stripe:{name}", "2024-03-04", amount, "stripe:c")
        rows.append(says(f"stripe:{name}", "#1001", system="shopify", kind="order_number", relation="derives_from"))
    found = linked(rows)
    assert left_out(found) == {"shopify:1001"}
    assert found.exceptions.is_empty()  # 40 + 50 = 90
    assert revenue(rows) == {"2024-03": "90.00"}


def test_a_draft_is_no_copy_until_it_is_final() -> None:
    draft = bill("stripe:in_1", "2024-03-04", "90.00", "stripe:c", status="draft")
    rows = [*WHO, *ORDER, *draft, says("stripe:in_1", "1001", system="shopify")]
    before = run(rows)
    assert changes(before["journal"])["Revenue"] == {"2024-03": "90.00"}
    final = bill("stripe:in_1", "2024-03-05", "90.00", "stripe:c", at="2024-03-05")
    after = run([*rows, *final], held=before["journal"])
    assert left_out(linked([*rows, *final])) == {"shopify:1001"}
    assert changes(after["journal"])["Revenue"] == {"2024-03": "90.00"}
    assert set(after["added"].get_column("event_id")) == {"shopify:1001", "stripe:in_1"}


def test_a_void_bill_is_matched_with_a_void_one_first() -> None:
    rows = [*WHO]
    for system in ("stripe", "netsuite"):
        rows += bill(f"{system}:a", "2024-03-04", "90.00", f"{system}:c", status="void", voided_at="2024-03-05")
        rows += bill(f"{system}:b", "2024-03-05", "90.00", f"{system}:c")
    found = linked(rows)
    assert copies(found) == {("netsuite:a", "stripe:a"), ("netsuite:b", "stripe:b")}
    assert found.exceptions.is_empty()


def test_a_bill_that_only_one_system_voided_is_an_exception() -> None:
    void = bill("stripe:in_1", "2024-03-04", "90.00", "stripe:c", status="void", voided_at="2024-03-05")
    found = linked([*WHO, *void, *bill("netsuite:7", "2024-03-04", "90.00", "netsuite:c")])
    assert disagreements(found) == {("status", "stripe:in_1", "netsuite:7")}


def test_a_copy_that_is_retracted_gives_way_to_the_other() -> None:
    rows = [*WHO, *ORDER, *bill("stripe:in_1", "2024-03-04", "90.00", "stripe:c", served=("2024-03-01", "2024-05-01"))]
    gone = bill("stripe:in_1", "2024-03-04", "90.00", "stripe:c", at="2024-03-09", operation="retract")[:1]
    assert revenue(rows) == {"2024-03": "45.74", "2024-04": "44.26"}  # 31/61 and 30/61
    assert revenue([*rows, *gone]) == {"2024-03": "90.00"}


def test_a_copy_in_conflict_takes_no_part_and_the_other_counts_meanwhile() -> None:
    other = bill("stripe:in_1", "2024-03-04", "90.00", "stripe:c")
    rows = [*WHO, *ORDER, *other, says("shopify:1001", "in_1", system="stripe")]
    books = run(rows, rejected=conflict_on(other[0], "stripe:in_1"))
    assert books["obligations"].get_column("document_id").to_list() == ["shopify:1001"]
    assert books["reconciliation_exceptions"].is_empty()
    assert books["pending_facts"].filter(reason="conflict").height == 2  # the invoice and its line


def test_a_closed_month_keeps_what_was_posted_from_the_copy() -> None:
    rows = [*WHO, *bill("netsuite:7", "2024-03-05", "90.00", "netsuite:c")]
    closed = run(rows, "2024-03-31")
    log = period_log(("close", "2024-03"))
    late = bill("stripe:in_1", "2024-03-04", "90.00", "stripe:c", served=("2024-03-01", "2024-05-01"))
    after = run([*rows, *late], "2024-04-30", held=closed["journal"], log=log)
    assert after["journal"].filter(accounting_period=date(2024, 3, 1)).equals(closed["journal"])
    earned = after["added"].filter(account="Revenue").group_by("service_period").agg(-pl.col("amount").sum())
    # 61 days: of the 90 that March has, 30/61 belong to April, which is the first open month.
    assert dict(earned.iter_rows()) == {date(2024, 3, 1): Decimal("-44.26"), date(2024, 4, 1): Decimal("44.26")}


def test_a_judgement_keeps_every_rule_off() -> None:
    rows = [*WHO, *ORDER, *bill("netsuite:7", "2024-03-04", "90.00", "netsuite:c")]
    decision = {"decision": "not_a_copy", "value": "yes", "reason": "sold at the fair as well", "author": "ann"}
    judged = [*rows, fact("judgements", "j1", "2024-04-01", scope="netsuite:7", **decision)]
    assert (revenue(rows), revenue(judged)) == ({"2024-03": "90.00"}, {"2024-03": "180.00"})


def test_a_reference_that_leads_nowhere_is_a_missing_counterpart() -> None:
    rows = [*ORDER, *bill("netsuite:7", "2024-03-04", "10.00", None), says("netsuite:7", "9", system="shopify")]
    exception = linked(rows).exceptions.row(0, named=True)
    assert (exception["kind"], exception["object_id"], exception["other_value"]) == (
        "missing_counterpart",
        "netsuite:7",
        "object_id 9",
    )
    elsewhere = says("netsuite:7", "9", system="magento")
    assert linked([*ORDER, *bill("netsuite:7", "2024-03-04", "10.00", None), elsewhere]).exceptions.is_empty()


def test_a_reference_to_a_draft_is_not_missing() -> None:
    draft = bill("shopify:9", "2024-03-04", "10.00", None, status="draft")
    rows = [*ORDER, *draft, *bill("netsuite:7", "2024-03-04", "10.00", None), says("netsuite:7", "9", system="shopify")]
    assert linked(rows).exceptions.is_empty()


def test_ids_that_name_several_kinds_are_understood_by_what_may_be_meant() -> None:
    """In a shop the order, the customer and the payment 1001 are three things."""
    rows = [*ORDER, customer("shopify:1001", None), paid("shopify:1001", "2024-03-04", "90.00")]
    charge = paid("stripe:ch", "2024-06-04", "90.00")
    told = {"relation": "derives_from", "of": "cash", "system": "shopify"}
    order_named = linked([*rows, charge, says("stripe:ch", "1001", kind="order_id", **told)])
    assert ("stripe:ch", "shopify:1001") in derived(order_named, "cash", "document")
    unnamed = linked([*rows, charge, says("stripe:ch", "1001", **told)])
    assert derived(unnamed, "cash", "cash") == {("stripe:ch", "shopify:1001")}
    nobody = linked([*ORDER, customer("stripe:c", None), says("stripe:c", "1001", system="shopify", of="customer")])
    assert nobody.transactions.is_empty()


def test_what_systems_disagree_about_is_an_exception() -> None:
    told = says("netsuite:7", "1001", system="shopify")
    wrong = {
        "amount": bill("netsuite:7", "2024-03-04", "90.01", "netsuite:c"),
        "currency": bill("netsuite:7", "2024-03-04", "90.00", "netsuite:c", currency="EUR"),
        "date": bill("netsuite:7", "2024-03-08", "90.00", "netsuite:c"),
        "customer": bill("netsuite:7", "2024-03-04", "90.00", "netsuite:someone"),
    }
    for kind, other in wrong.items():
        assert disagreements(linked([*WHO, *ORDER, *other, told])) == {(kind, "shopify:1001", "netsuite:7")}, kind


def test_a_copy_of_the_next_month_cuts_off_differently() -> None:
    order = bill("shopify:1001", "2024-03-31", "90.00", "shopify:c")
    found = linked([*WHO, *order, *bill("netsuite:7", "2024-04-01", "90.00", "netsuite:c")])
    assert disagreements(found) == {("date", "shopify:1001", "netsuite:7")}


def test_the_order_of_precedence_is_a_policy() -> None:
    rows = [*WHO, *ORDER, *bill("netsuite:7", "2024-03-05", "90.00", "netsuite:c")]
    assert left_out(linked([*rows, policy("netsuite,shopify")])) == {"shopify:1001"}
    assert left_out(linked([*rows, policy("netsuite", since="2024-03-05")])) == {"netsuite:7"}  # the sale is older
    assert left_out(linked([*rows, policy("netsuite", scope="default")])) == {"shopify:1001"}
    assert left_out(linked([*rows, policy("netsuite"), policy("shopify", name="system_precedence_document")])) == {
        "netsuite:7"
    }


def test_evidence_names_the_silver_rows() -> None:
    rows = [*WHO, *ORDER, *bill("stripe:in_1", "2024-03-04", "90.00", "stripe:c")]
    row = linked(rows).transactions.row(0, named=True)
    keys = {key for _, fields in rows for key in [fields["row_key"]] if "documents" in key}
    assert {row["from_row_key"], row["to_row_key"]} == keys
    assert '"days":0' in row["evidence"]


def test_a_journal_posted_from_a_copy_is_corrected_when_the_copy_no_longer_counts() -> None:
    order = [*WHO, *ORDER, *bill("netsuite:7", "2024-03-04", "12.00", "netsuite:c")]
    before = run(order)
    late = bill("stripe:in_1", "2024-03-04", "90.00", "stripe:c", served=("2024-03-01", "2024-05-01"))
    after = run([*order, *late], held=before["journal"])
    # 61 days of March and April: 31/61 and 30/61 of 90, and 12 of the sale that stands in one system.
    assert changes(after["journal"])["Revenue"] == {"2024-03": "57.74", "2024-04": "44.26"}
    fresh = run([*order, *late])
    assert changes(after["journal"]) == changes(fresh["journal"])
    assert after["obligations"].equals(fresh["obligations"])
