"""What Stripe says beside invoices and charges: balances, fees, payouts, offers, plans, usage, names."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tests.pipelines.systems import stripe_events as stripe
from tests.pipelines.systems import stripe_objects as objects
from tests.pipelines.systems.normalising import Record, normalise, row, rows
from tests.pipelines.systems.stripe_events import DAY, FEBRUARY, JANUARY, event


def cash(record: Record, kind: str) -> list[tuple[str, str, str, str | None]]:
    found = [row for row in rows(normalise(record), "cash") if row["kind"] == kind]
    return [(row["direction"], row["status"], str(row["amount"]), row["document_id"]) for row in found]


@pytest.mark.parametrize(
    ("starting", "ending", "status", "expected"),
    [
        # 30.00 billed: 10.00 that we owed is applied, 20.00 is due
        (-1_000, 0, "paid", [("in", "succeeded", "10.0000", "stripe:in_1")]),
        # 0.30 is too little to charge and moves to the balance
        (0, 30, "paid", [("in", "succeeded", "0.3000", "stripe:in_1")]),
        # an earlier debit of 5.00 is collected with the invoice
        (500, 0, "open", [("out", "succeeded", "5.0000", "stripe:in_1")]),
        # an invoice below zero: we owe 12.00 more
        (0, -1_200, "paid", [("out", "succeeded", "12.0000", "stripe:in_1")]),
        (-1_000, 0, "void", [("in", "canceled", "10.0000", "stripe:in_1")]),
        (-1_000, 0, "draft", []),
        (-1_000, None, "open", []),
        (-1_000, -1_000, "paid", []),
    ],
)
def test_the_balance_that_an_invoice_used(starting: int, ending: int | None, status: str, expected: Any) -> None:
    invoice = stripe.invoice(status=status, starting_balance=starting, ending_balance=ending)
    assert cash(event("invoice.finalized", invoice), "customer_balance") == expected


def test_an_exported_change_of_the_balance_is_the_same_fact_as_the_invoice_tells() -> None:
    invoice = stripe.invoice(starting_balance=-500, ending_balance=0)
    (by_invoice,) = [c for c in rows(normalise(event("invoice.paid", invoice)), "cash") if c["kind"] == "customer_balance"]
    exported = row(objects.customer_balance_transaction(), "cash")
    same = ("object_id", "kind", "direction", "status", "amount", "currency", "document_id", "customer_id", "effective_at")
    assert [by_invoice[name] for name in same] == [exported[name] for name in same]
    given_back = row(objects.customer_balance_transaction(amount=-500, type="unapplied_from_invoice"), "cash")
    assert [given_back[name] for name in ("object_id", "direction", "status")] == ["stripe:in_1:balance", "in", "canceled"]
    granted = row(objects.customer_balance_transaction(amount=-500, type="adjustment", invoice=None), "cash")
    assert [granted[name] for name in ("object_id", "direction", "document_id")] == ["stripe:cbtxn_1", "out", None]
    note = normalise(objects.customer_balance_transaction(amount=-500, type="credit_note", invoice=None))
    assert note.events["disposition"].to_list() == ["unmapped"]


def test_an_invoice_paid_outside_stripe_is_settled_by_money_that_came_in() -> None:
    invoice = stripe.invoice(paid_out_of_band=True, charge=None, payment_intent=None)
    paid = row(event("invoice.paid", invoice), "cash")
    assert (paid["direction"], paid["kind"], paid["status"], paid["method"]) == (
        "in",
        "payment",
        "succeeded",
        "out_of_band",
    )
    assert (paid["amount"], paid["document_id"]) == (Decimal(30), "stripe:in_1")
    assert int(paid["effective_at"].timestamp()) == JANUARY + 50
    # 30.00 of which 10.00 came from the balance
    part = stripe.invoice(paid_out_of_band=True, amount_due=2_000, starting_balance=-1_000, ending_balance=0)
    assert cash(event("invoice.paid", part), "payment") == [("in", "succeeded", "20.0000", "stripe:in_1")]


def test_a_payment_record_is_money_that_came_in_outside_stripe() -> None:
    payment = {"type": "payment_record", "payment_record": "pr_1"}
    normalised = normalise(event("invoice_payment.paid", stripe.invoice_payment(payment=payment)))
    (applied,), (paid,) = rows(normalised, "cash_applications"), rows(normalised, "cash")
    assert applied["cash_id"] == paid["object_id"] == "stripe:pr_1"
    assert (paid["kind"], paid["method"], paid["amount"]) == ("payment", "out_of_band", applied["amount"])


@pytest.mark.parametrize("status", ["open", "canceled"])
def test_an_exported_payment_of_an_invoice_that_is_not_paid_settles_nothing(status: str) -> None:
    """`amount_paid` is null until it is paid: https://docs.stripe.com/api/invoice-payment/object"""
    record = stripe.invoice_payment(status=status, amount_paid=None, amount_requested=3_000, created=JANUARY)
    normalised = normalise(record)
    assert normalised.events["code"].to_list() == [None]
    assert (rows(normalised, "cash_applications"), rows(normalised, "cash")) == ([], [])


def test_an_expanded_charge_says_what_it_came_to_and_what_stripe_took() -> None:
    charge = stripe.charge(balance_transaction=objects.balance_transaction())
    payment, fee = rows(normalise(event("charge.succeeded", charge)), "cash")
    assert (payment["settlement_amount"], payment["settlement_currency"]) == (Decimal(27), "EUR")
    assert (fee["kind"], fee["direction"], fee["amount"], fee["currency"]) == ("fee", "out", Decimal("1.08"), "EUR")
    assert (fee["object_id"], fee["payment_id"]) == ("stripe:txn_1:fee", "stripe:ch_1")
    exported = row(objects.balance_transaction(), "cash")
    same = ("object_id", "amount", "currency", "payment_id", "effective_at")
    assert [exported[name] for name in same] == [fee[name] for name in same]
    plain = normalise(event("charge.succeeded", stripe.charge(balance_transaction="txn_1")))
    assert [c["settlement_amount"] for c in rows(plain, "cash")] == [None]


def test_a_refund_gives_its_fee_back_and_a_dispute_costs_one() -> None:
    refund = stripe.refund(balance_transaction=objects.balance_transaction(id="txn_2", amount=-810, fee=-30))
    back, fee = rows(normalise(event("refund.created", refund)), "cash")
    assert (back["settlement_amount"], fee["direction"], fee["amount"]) == (Decimal("8.1"), "in", Decimal("0.3"))
    lost = stripe.dispute(balance_transactions=[objects.balance_transaction(id="txn_3", amount=-2_700, fee=1_500)])
    assert cash(event("charge.dispute.created", lost), "fee") == [("out", "succeeded", "15.0000", None)]


def test_a_balance_transaction_of_a_fee_is_a_fee_as_a_whole() -> None:
    record = objects.balance_transaction(type="stripe_fee", amount=-250, fee=0, net=-250, source=None)
    assert cash(record, "fee") == [("out", "succeeded", "2.5000", None)]


@pytest.mark.parametrize(
    ("status", "amount", "expected"),
    [
        ("in_transit", 2_592, ("in", "pending", "25.9200", None)),
        ("paid", 2_592, ("in", "succeeded", "25.9200", None)),
        ("failed", 2_592, ("in", "failed", "25.9200", None)),
        ("paid", -400, ("out", "succeeded", "4.0000", None)),
    ],
)
def test_a_payout_reaches_the_bank_on_its_day(status: str, amount: int, expected: Any) -> None:
    record = event("payout.updated", objects.payout(status=status, amount=amount, failure_code="no_account"))
    assert cash(record, "payout") == [expected]
    assert int(row(record, "cash")["effective_at"].timestamp()) == JANUARY + 3 * DAY


def test_an_offer_adds_up() -> None:
    record = event("quote.finalized", objects.quote())
    offer, line = row(record, "quotes"), row(record, "quote_lines")
    # 60 - 6 + 10.26 = 64.26
    assert [offer[name] for name in ("subtotal", "discount", "tax", "total")] == [
        Decimal(amount) for amount in ("60", "6", "10.26", "64.26")
    ]
    assert (line["amount"], line["unit_price"], line["quantity"]) == (Decimal(54), Decimal(30), Decimal(2))
    assert (offer["status"], offer["number"]) == ("open", "QT-1")


def test_what_came_of_an_offer() -> None:
    record = event("quote.accepted", objects.quote(status="accepted", invoice="in_1", subscription="sub_1"))
    told = [
        (ref["object_kind"], ref["object_id"], ref["relation"], ref["reference_system"], ref["reference"])
        for ref in rows(normalise(record), "external_references")
    ]
    assert told == [
        ("document", "stripe:in_1", "derives_from", "stripe", "qt_1"),
        ("contract", "stripe:sub_1", "derives_from", "stripe", "qt_1"),
        ("quote", "stripe:qt_1", "derives_from", "hubspot", "77"),
    ]


def test_a_schedule_is_a_draft_until_its_subscription_exists() -> None:
    planned = normalise(event("subscription_schedule.created", objects.schedule()))
    (contract,) = rows(planned, "contracts")
    assert (contract["status"], contract["operation"], contract["end_at"].month) == ("draft", "assert", 3)
    lines = rows(planned, "contract_lines")
    assert [(line["quantity"], int(line["service_from"].timestamp())) for line in lines] == [(1, JANUARY), (2, FEBRUARY)]
    assert {line["contract_id"] for line in lines} == {"stripe:sub_sched_1"}
    begun = normalise(event("subscription_schedule.updated", objects.schedule(status="active", subscription="sub_1")))
    assert [c["operation"] for c in rows(begun, "contracts")] == ["retract"]
    (link,) = rows(begun, "external_references")
    assert (link["object_id"], link["relation"], link["reference"]) == ("stripe:sub_1", "derives_from", "sub_sched_1")


@pytest.mark.parametrize(
    ("kind", "changes", "operation"),
    [
        ("invoiceitem.created", {}, "assert"),
        # Of a draft invoice, which may drop it again.
        ("invoiceitem.updated", {"invoice": "in_1"}, "assert"),
        ("invoiceitem.deleted", {}, "retract"),
    ],
)
def test_an_item_that_waits_for_an_invoice_is_a_draft(kind: str, changes: Record, operation: str) -> None:
    record = event(kind, objects.invoice_item(**changes))
    draft, line = row(record, "documents"), row(record, "document_lines")
    assert (draft["kind"], draft["status"], draft["total"]) == ("pending_item", "draft", Decimal(15))
    assert (draft["operation"], int(draft["issued_at"].timestamp())) == (operation, JANUARY)
    assert (line["document_id"], line["amount"], line["operation"]) == (draft["object_id"], Decimal(15), operation)


@pytest.mark.parametrize("name", ["meter event", "second meter event"])
def test_usage_as_it_was_reported(name: str) -> None:
    used = row(objects.SOUND[name], "usage")
    assert (used["meter"], used["quantity"], used["customer_id"]) == ("api_requests", Decimal(25), "stripe:cus_1")
    assert (used["object_id"], used["dimensions"]) == ("stripe:meter_event:req-1", '{"region":"eu"}')
    assert int(used["effective_at"].timestamp()) == JANUARY


def test_a_meter_event_without_dimensions_has_none() -> None:
    payload = {"value": 2.5, "stripe_customer_id": "cus_1"}
    used = row(objects.meter_event(payload=payload), "usage")
    assert (used["quantity"], used["dimensions"]) == (Decimal("2.5"), None)


def test_credits_that_may_be_used_up() -> None:
    granted = row(event("billing.credit_grant.created", objects.credit_grant()), "credit_grants")
    assert (granted["kind"], granted["paid"], granted["amount"], granted["priority"]) == ("prepaid", True, Decimal(100), 50)
    voided = row(event("billing.credit_grant.updated", objects.credit_grant(voided_at=JANUARY + 1)), "credit_grants")
    assert voided["operation"] == "retract"


def test_tiers_give_the_range_of_a_price() -> None:
    tiers = [{"unit_amount_decimal": "500"}, {"unit_amount": 350, "flat_amount": 9}, {"unit_amount": None}]
    priced = row(
        event("price.created", stripe.price(billing_scheme="tiered", tiers_mode="graduated", tiers=tiers)), "prices"
    )
    assert (priced["pricing_model"], priced["low"], priced["high"]) == ("graduated", Decimal("3.5"), Decimal(5))


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        (event("customer.created", stripe.customer()), [("stripe:cus_1", "same_as", "email", "a@example.com")]),
        (
            event("invoice.paid", stripe.invoice(customer_email="b@example.com", metadata={"order_id": "9"})),
            [
                ("stripe:in_1", "same_as", "invoice_number", "A-1"),
                ("stripe:in_1", "names", "email", "b@example.com"),
                ("stripe:in_1", "names", "order_id", "9"),
            ],
        ),
        (event("charge.succeeded", stripe.charge()), [("stripe:ch_1", "same_as", "payment_intent", "pi_1")]),
        (
            event("checkout.session.completed", objects.session()),
            [
                ("stripe:pi_1", "derives_from", "checkout_session", "cs_1"),
                ("stripe:pi_1", "names", "client_reference_id", "cart-9"),
                ("stripe:pi_1", "names", "order_id", "9"),
                ("stripe:cus_1", "names", "email", "a@example.com"),
            ],
        ),
        (
            event("payment_intent.succeeded", objects.payment_intent()),
            [("stripe:pi_1", "names", "email", "a@example.com"), ("stripe:pi_1", "names", "order_id", "9")],
        ),
        (event("customer.tax_id.created", objects.tax_id()), [("stripe:cus_1", "same_as", "tax_id", "DE123456789")]),
    ],
)
def test_what_others_call_it(record: Record, expected: list[tuple[str, str, str, str]]) -> None:
    told = [
        (ref["object_id"], ref["relation"], ref["reference_kind"], ref["reference"])
        for ref in rows(normalise(record), "external_references")
    ]
    assert told == expected


def test_a_session_names_the_invoice_rather_than_its_payment() -> None:
    found = rows(normalise(event("checkout.session.completed", objects.session(invoice="in_1"))), "external_references")
    assert {ref["object_id"] for ref in found} == {"stripe:in_1", "stripe:cus_1"}


def test_a_type_that_was_unmapped_keeps_the_hash_of_its_record() -> None:
    """Events of it stand in lakehouses; what is now read of them must not make a conflict of one that comes again."""
    paid = event("payout.paid", objects.payout(status="paid"))
    changed = event("payout.paid", objects.payout(status="paid", statement_descriptor="unread"))
    hashes = normalise(paid, changed).events["content_hash"]
    assert hashes[0] != hashes[1]
    named = event("payment_intent.succeeded", objects.payment_intent())
    unnamed = event("payment_intent.succeeded", objects.payment_intent(receipt_email=None, metadata={}))
    assert normalise(named, unnamed).events["disposition"].to_list() == ["mapped", "unmapped"]


def test_an_item_of_a_draft_invoice_names_it() -> None:
    item = normalise(event("invoiceitem.created", objects.invoice_item(invoice="in_1")))
    (named,) = rows(item, "external_references")
    assert (named["object_id"], named["relation"]) == ("stripe:ii_1", "names")
    assert (named["reference_kind"], named["reference"]) == ("billed_by", "in_1")


@pytest.mark.parametrize(
    "named",
    [
        {"invoice_item": "ii_1"},
        {"parent": {"invoice_item_details": {"invoice_item": "ii_1", "proration": True}}},
        {"parent": {"subscription_item_details": {"invoice_item": "ii_1", "subscription": "sub_1", "proration": True}}},
    ],
)
def test_a_line_of_a_final_invoice_names_the_item_that_it_bills(named: Record) -> None:
    final = normalise(event("invoice.finalized", stripe.invoice(stripe.line() | named)))
    (billed,) = [r for r in rows(final, "external_references") if r["object_kind"] == "document_line"]
    (told,) = rows(final, "document_lines")
    assert (billed["object_id"], billed["relation"]) == (told["object_id"], "names")
    assert (billed["reference_system"], billed["reference_kind"], billed["reference"]) == ("stripe", "pending_item", "ii_1")
