"""Money in several systems: one payment counts once, and settles the bill that counts, whoever says so."""

from __future__ import annotations

from decimal import Decimal

from tests.assets.links.sales import applied, bill, copies, customer, derived, left_out, linked, paid, policy, says
from tests.assets.revenue_facts import Row, cash, changes, credit_note, run

WHO = [customer("stripe:c"), customer("shopify:c"), customer("netsuite:c")]
BILLS = [
    *bill("stripe:in_1", "2024-03-04", "90.00", "stripe:c"),
    *bill("netsuite:7", "2024-03-04", "90.00", "netsuite:c"),
]


def balances(rows: list[Row]) -> dict[str, str]:
    """Sum of each account, in its own direction."""
    found = changes(run(rows)["journal"])
    sums = {account: sum(Decimal(amount) for amount in months.values()) for account, months in found.items()}
    return {account: f"{amount:.2f}" for account, amount in sums.items() if amount}


def test_payments_that_settle_the_same_bill_are_one_though_days_apart() -> None:
    rows = [
        *WHO,
        *BILLS,
        paid("stripe:ch_1", "2024-03-05", "90.00"),
        applied("stripe:ch_1", "stripe:in_1", "2024-03-05", "90.00"),
    ]
    rows += [paid("netsuite:p1", "2024-03-12", "90.00"), applied("netsuite:p1", "netsuite:7", "2024-03-12", "90.00")]
    found = linked(rows)
    assert copies(found, "cash") == {("netsuite:p1", "stripe:ch_1")}
    assert found.transactions.filter(from_kind="cash", link_kind="copy_of").get_column("confidence").to_list() == ["strong"]
    assert balances(rows) == {"Cash": "90.00", "Revenue": "90.00"}


def test_a_payment_that_only_the_ledger_knows_settles_the_bill_that_counts() -> None:
    rows = [
        *WHO,
        *BILLS,
        paid("netsuite:p1", "2024-03-12", "90.00"),
        applied("netsuite:p1", "netsuite:7", "2024-03-12", "90.00"),
    ]
    assert left_out(linked(rows)) == {"netsuite:7"}
    assert balances(rows) == {"Cash": "90.00", "Revenue": "90.00"}


def test_the_payment_of_the_ledger_applied_to_the_bill_gives_way_to_the_provider_s() -> None:
    """The provider does not say what its payment settles; the shop does, of its own copies of both."""
    rows = [
        *WHO,
        *bill("shopify:1", "2024-03-04", "90.00", "shopify:c"),
        *bill("stripe:in_1", "2024-03-04", "90.00", "stripe:c"),
    ]
    rows += [
        paid("shopify:t1", "2024-03-04", "90.00", document_id="shopify:1"),
        paid("stripe:ch_1", "2024-03-04", "90.00", "stripe:c"),
    ]
    assert left_out(linked(rows)) == {"shopify:1", "shopify:t1"}
    assert balances(rows) == {"Cash": "90.00", "Revenue": "90.00"}


def test_an_application_may_name_the_group_of_a_payment_s_tries() -> None:
    rows = [*WHO, *BILLS, paid("stripe:ch_1", "2024-03-05", "90.00", "stripe:c")]
    rows += [paid("netsuite:p1", "2024-03-06", "90.00", "netsuite:c", payment_group_id="netsuite:g1")]
    rows += [applied("netsuite:g1", "netsuite:7", "2024-03-06", "90.00")]
    assert left_out(linked(rows)) == {"netsuite:7", "netsuite:p1"}
    assert balances(rows) == {"Cash": "90.00", "Revenue": "90.00"}


def test_money_that_settles_two_different_bills_is_not_one() -> None:
    rows = [
        *WHO,
        *bill("stripe:a", "2024-03-01", "90.00", "stripe:c"),
        *bill("netsuite:b", "2024-03-20", "90.00", "netsuite:c"),
    ]
    rows += [paid("stripe:p", "2024-03-21", "90.00", "stripe:c", document_id="stripe:a")]
    rows += [paid("netsuite:p", "2024-03-21", "90.00", "netsuite:c", document_id="netsuite:b")]
    assert left_out(linked(rows)) == set()
    assert balances(rows) == {"Cash": "180.00", "Revenue": "180.00"}


def test_money_is_believed_of_who_moved_it_first() -> None:
    bought = [
        paid("adyen:1", "2024-03-04", "90.00", "netsuite:c"),
        paid("chargebee:1", "2024-03-04", "90.00", "netsuite:c"),
    ]
    assert left_out(linked(bought)) == {"chargebee:1"}
    assert left_out(linked([*bought, policy("chargebee", name="system_precedence_cash")])) == {"adyen:1"}


def test_one_payment_of_three_invoices_by_its_applications() -> None:
    rows, amounts = [*WHO], {"a": "10.00", "b": "20.00", "c": "30.00"}
    for name, amount in amounts.items():
        rows += bill(f"stripe:{name}", "2024-03-04", amount, "stripe:c")
        rows.append(applied("stripe:ch", f"stripe:{name}", "2024-03-20", amount))
    rows.append(paid("stripe:ch", "2024-03-20", "60.00", "stripe:c"))
    assert derived(linked(rows), "cash", "document") == {("stripe:ch", f"stripe:{name}") for name in amounts}
    assert balances(rows) == {"Cash": "60.00", "Revenue": "60.00"}


def test_one_payment_of_three_invoices_by_its_amount() -> None:
    rows = [row for name, amount in (("a", "10.00"), ("b", "20.00"), ("c", "33.00"), ("d", "51.00"))
            for row in bill(f"netsuite:{name}", "2024-03-04", amount, "netsuite:c")]  # fmt: skip
    found = linked([*WHO, *rows, paid("stripe:ch", "2024-03-20", "63.00", "stripe:c")])
    assert derived(found, "cash", "document") == {("stripe:ch", f"netsuite:{name}") for name in ("a", "b", "c")}
    assert found.transactions.filter(from_kind="cash").get_column("confidence").to_list() == ["probable"] * 3


def test_all_open_invoices_by_their_sum() -> None:
    rows = [
        row for number in range(1, 6) for row in bill(f"netsuite:{number}", "2024-03-04", f"{number}0.00", "netsuite:c")
    ]
    found = linked([*rows, paid("stripe:ch", "2024-03-20", "150.00", "netsuite:c")])
    assert derived(found, "cash", "document") == {("stripe:ch", f"netsuite:{number}") for number in range(1, 6)}


def test_several_ways_to_a_sum_link_nothing_and_are_told() -> None:
    rows = [row for name, amount in (("a", "10.00"), ("b", "20.00"), ("c", "30.00"), ("d", "40.00"))
            for row in bill(f"netsuite:{name}", "2024-03-04", amount, "netsuite:c")]  # fmt: skip
    found = linked([*rows, paid("stripe:ch", "2024-03-20", "50.00", "netsuite:c")])  # 10 + 40, 20 + 30
    assert derived(found, "cash", "document") == set()
    exception = found.exceptions.row(0, named=True)
    assert (exception["kind"], exception["object_id"]) == ("ambiguous", "stripe:ch")
    assert exception["other_value"] == "netsuite:a,netsuite:b,netsuite:c,netsuite:d"


def test_one_invoice_paid_by_two_payments() -> None:
    halves = [paid("stripe:p1", "2024-03-10", "40.00", "stripe:c"), paid("stripe:p2", "2024-03-20", "50.00", "stripe:c")]
    expected = {("stripe:p1", "stripe:in_1"), ("stripe:p2", "stripe:in_1")}
    assert derived(linked([*WHO, *BILLS, *halves]), "cash", "document") == expected
    told = [
        applied("stripe:p1", "stripe:in_1", "2024-03-10", "40.00"),
        applied("stripe:p2", "stripe:in_1", "2024-03-20", "50.00"),
    ]
    assert derived(linked([*WHO, *BILLS, *halves, *told]), "cash", "document") == expected
    assert balances([*WHO, *BILLS, *halves, *told]) == {"Cash": "90.00", "Revenue": "90.00"}


def test_what_is_inferred_stays_unapplied_in_the_books() -> None:
    rows = [*WHO, *BILLS, paid("stripe:p1", "2024-03-10", "90.00", "stripe:c")]
    assert derived(linked(rows), "cash", "document") == {("stripe:p1", "stripe:in_1")}
    assert balances(rows)["UnappliedCash"] == "90.00"


def test_two_equal_payments_and_one_invoice_of_that_amount_are_ambiguous() -> None:
    twice = [paid(f"stripe:p{n}", "2024-03-10", "90.00", "stripe:c") for n in (1, 2)]
    found = linked([*WHO, *BILLS, *twice])
    assert derived(found, "cash", "document") == set()
    assert found.exceptions.get_column("object_id").sort().to_list() == ["stripe:p1", "stripe:p2"]


def test_a_charge_that_names_the_order_settles_it() -> None:
    order = bill("shopify:1001", "2024-03-04", "90.00", "shopify:c", number="#1001")
    named = says("stripe:ch_1", "1001", system="shopify", kind="order_number", of="cash", relation="derives_from")
    rows = [*WHO, *order, paid("stripe:ch_1", "2024-03-04", "90.00", "stripe:c"), named]
    assert derived(linked(rows), "cash", "document") == {("stripe:ch_1", "shopify:1001")}
    assert balances(rows) == {"Cash": "90.00", "Revenue": "90.00"}


def test_a_refund_in_two_systems_takes_back_once() -> None:
    rows = [*WHO, *BILLS, paid("stripe:ch_1", "2024-03-05", "90.00", document_id="stripe:in_1")]
    rows += [paid("netsuite:p1", "2024-03-06", "90.00", document_id="netsuite:7")]
    rows += [cash("refund", "stripe:re_1", "2024-04-02", "30.00", payment_id="stripe:ch_1")]
    rows += [cash("refund", "netsuite:r1", "2024-04-04", "30.00", payment_id="netsuite:p1")]
    assert copies(linked(rows), "cash") == {("netsuite:p1", "stripe:ch_1"), ("netsuite:r1", "stripe:re_1")}
    assert balances(rows) == {"Cash": "60.00", "Revenue": "90.00", "Refunds": "30.00"}


def test_a_credit_note_of_the_ledger_is_evidence_of_the_provider_s_refund() -> None:
    rows = [*WHO, *BILLS, paid("stripe:ch_1", "2024-03-05", "90.00", document_id="stripe:in_1")]
    rows += [cash("refund", "stripe:re_1", "2024-04-02", "30.00", payment_id="stripe:ch_1")]
    rows += [credit_note("netsuite:cm1", "2024-04-03", "netsuite:7", "30.00", customer_id="netsuite:c")]
    found = linked(rows)
    assert copies(found, "document") == {("netsuite:7", "stripe:in_1"), ("netsuite:cm1", "stripe:re_1")}
    assert balances(rows) == {"Cash": "60.00", "Revenue": "90.00", "Refunds": "30.00"}


def test_a_credit_note_that_only_the_ledger_has_corrects_the_bill_that_counts() -> None:
    rows = [*WHO, *BILLS, credit_note("netsuite:cm1", "2024-04-03", "netsuite:7", "30.00", customer_id="netsuite:c")]
    assert balances(rows) == {"AccountsReceivable": "60.00", "Revenue": "90.00", "CreditNotes": "30.00"}
