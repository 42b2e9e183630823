"""A line's amount is what is earned by it: without tax, after every discount."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.pipelines.systems import stripe_events as stripe
from tests.pipelines.systems.normalising import Record, normalise, row, rows


def lines_of(invoice: Record, kind: str = "invoice.finalized") -> list[Record]:
    normalised = normalise(stripe.event(kind, invoice))
    assert normalised.events.get_column("message").to_list() == [None]
    return rows(normalised, "document_lines")


@pytest.mark.parametrize("modern", [False, True])
def test_exclusive_tax_is_beside_the_amount(modern: bool) -> None:
    (line,) = lines_of(stripe.invoice(stripe.line(3_000, modern, tax=570), modern=modern, tax=570))
    assert (line["amount"], line["tax"]) == (Decimal("30.0000"), Decimal("5.7000"))


@pytest.mark.parametrize("modern", [False, True])
def test_inclusive_tax_is_taken_off_the_amount(modern: bool) -> None:
    taxed = stripe.line(3_000, modern, tax=521, inclusive=True)
    invoice = stripe.invoice(taxed, modern=modern, total=3_000)
    invoice["total_taxes" if modern else "total_tax_amounts"] = [{"amount": 521}]
    (line,) = lines_of(invoice)
    assert (line["amount"], line["tax"]) == (Decimal("24.7900"), Decimal("5.2100"))  # 30.00 - 5.21
    document = row(stripe.event("invoice.finalized", invoice), "documents")
    assert (document["subtotal"], document["tax"], document["total"]) == (Decimal("24.79"), Decimal("5.21"), Decimal("30"))


def test_discounts_of_a_line_are_taken_off() -> None:
    discounted = stripe.line(discount_amounts=[{"amount": 300, "discount": "di_1"}, {"amount": 200, "discount": "di_2"}])
    (line,) = lines_of(stripe.invoice(discounted, total=2_500))
    assert (line["amount"], line["discount"]) == (Decimal("25.0000"), Decimal("5.0000"))


def test_billing_credits_are_taken_off_but_not_twice() -> None:
    """`pretax_credit_amounts` lists discounts once more; only the billing credits are new."""
    credits = [{"amount": 300, "type": "discount"}, {"amount": 1_000, "type": "credit_balance_transaction"}]
    line = stripe.line(modern=True, discount_amounts=[{"amount": 300}], pretax_credit_amounts=credits)
    (found,) = lines_of(stripe.invoice(line, modern=True, total=1_700))
    assert found["amount"] == Decimal("17.0000")  # 30.00 - 3.00 - 10.00


def test_a_discount_that_only_the_total_shows_is_shared_by_the_lines() -> None:
    """Before 2020-08-27 lines did not know the coupon of their invoice."""
    old = [stripe.line(amount, number=number) for number, amount in enumerate((1_000, 1_000, 1_000), 1)]
    for line in old:
        del line["discount_amounts"]
    found = lines_of(stripe.invoice(*old, total=2_900))
    # 100 over three equal lines, cumulatively: round(33.33) = 33, round(66.67) - 33 = 34, 100 - 67 = 33
    assert [line["discount"] for line in found] == [Decimal("0.33"), Decimal("0.34"), Decimal("0.33")]
    assert sum(line["amount"] for line in found) == Decimal("29.00")


def test_a_line_without_duration_is_a_point_in_time() -> None:
    (line,) = lines_of(stripe.invoice(stripe.line(period={"start": stripe.JANUARY, "end": stripe.JANUARY})))
    assert (line["service_from"], line["service_to"]) == (None, None)


def test_lines_are_numbered_and_their_ids_belong_to_the_invoice() -> None:
    found = lines_of(stripe.invoice(stripe.line(), stripe.line(-500, number=2, proration=True)))
    assert [(line["line_number"], line["object_id"], line["proration"]) for line in found] == [
        (1, "stripe:in_1:il_1", False),
        (2, "stripe:in_1:il_2", True),
    ]
    assert found[1]["amount"] == Decimal("-5.0000")


def test_a_draft_has_no_lines_and_is_not_issued() -> None:
    draft = stripe.invoice(status="draft", effective_at=stripe.JANUARY, status_transitions={"finalized_at": None})
    normalised = normalise(stripe.event("invoice.created", draft))
    assert rows(normalised, "document_lines") == []
    assert rows(normalised, "documents")[0]["issued_at"] is None


def test_a_line_without_subscription_belongs_to_the_contract_of_its_invoice() -> None:
    (line,) = lines_of(stripe.invoice(stripe.line(subscription=None, subscription_item=None)))
    assert (line["contract_id"], line["contract_line_id"]) == ("stripe:sub_1", None)


def test_in_old_versions_a_line_had_the_id_of_its_subscription() -> None:
    old = stripe.line(id="sub_9")
    del old["subscription"]
    (line,) = lines_of(stripe.invoice(old))
    assert line["contract_id"] == "stripe:sub_9"


@pytest.mark.parametrize(
    ("kind", "status", "expected"),
    [
        ("invoice.finalized", "open", "finalised"),
        ("invoice.voided", "void", "voided"),
        ("invoice.marked_uncollectible", "uncollectible", "uncollectible"),
    ],
)
def test_changes_of_a_document(kind: str, status: str, expected: str) -> None:
    normalised = normalise(stripe.event(kind, stripe.invoice(status=status)))
    assert [change["kind"] for change in rows(normalised, "document_events")] == [expected]


def test_a_voided_invoice_says_when() -> None:
    transitions = {"finalized_at": stripe.JANUARY, "voided_at": stripe.FEBRUARY}
    document = row(
        stripe.event("invoice.voided", stripe.invoice(status="void", status_transitions=transitions)), "documents"
    )
    assert int(document["voided_at"].timestamp()) == stripe.FEBRUARY
    assert document["uncollectible_at"] is None


@pytest.mark.parametrize(
    ("transitions", "issued"),
    [
        ({"finalized_at": stripe.FEBRUARY}, stripe.JANUARY),
        # Voided before the date on it: it was in effect no longer than that.
        ({"finalized_at": stripe.JANUARY - 60, "voided_at": stripe.JANUARY - 30}, stripe.JANUARY - 30),
        ({"finalized_at": stripe.JANUARY - 60, "marked_uncollectible_at": stripe.JANUARY + 30}, stripe.JANUARY),
    ],
)
def test_the_date_on_an_invoice_stands_before_when_it_was_finalised(transitions: Record, issued: int) -> None:
    """`effective_at` replaces the date of issue that is printed on it: https://docs.stripe.com/api/invoices/object"""
    status = "void" if "voided_at" in transitions else "open"
    invoice = stripe.invoice(status=status, effective_at=stripe.JANUARY, status_transitions=transitions)
    document = row(stripe.event("invoice.updated", invoice), "documents")
    assert int(document["issued_at"].timestamp()) == issued


def test_a_deleted_draft_is_retracted() -> None:
    document = row(stripe.event("invoice.deleted", stripe.invoice(status="draft")), "documents")
    assert document["operation"] == "retract"


@pytest.mark.parametrize("inclusive", [False, True])
def test_taxes_that_are_listed_under_both_names_count_once(inclusive: bool) -> None:
    """As in the versions around 2025-03-31: 30.00 with 4.79 in it, or 5.70 on top of it."""
    tax = 479 if inclusive else 570
    old, new = (stripe.line(tax=tax, inclusive=inclusive, modern=modern) for modern in (False, True))
    record = stripe.event(
        "invoice.paid", stripe.invoice(old | {"taxes": new["taxes"]}, tax=tax, total=3_000 + 570 * (not inclusive))
    )
    line = row(record, "document_lines")
    assert (line["amount"], line["tax"]) == (Decimal("25.21") if inclusive else Decimal(30), Decimal(tax) / 100)


@pytest.mark.parametrize("inclusive", [False, True])
def test_shipping_is_sold_beside_the_lines(inclusive: bool) -> None:
    """30.00 of goods with 5.70 of tax on top, and shipping that comes to 5.95, of which 0.95 is tax, wherever it stands."""
    cost = {"amount_subtotal": 595 if inclusive else 500, "amount_tax": 95, "amount_total": 595, "shipping_rate": "shr_1"}
    record = stripe.event(
        "invoice.finalized",
        # 30.00 + 5.70 + 5.95 = 41.65, of which 5.70 + 0.95 = 6.65 is tax
        stripe.invoice(stripe.line(tax=570), tax=570, total=4_165, total_excluding_tax=3_500, shipping_cost=cost),
    )
    normalised = normalise(record)
    (document,) = rows(normalised, "documents")
    assert (document["subtotal"], document["tax"]) == (Decimal("35.00"), Decimal("6.65"))
    assert [(line["line_number"], line["amount"], line["tax"]) for line in rows(normalised, "document_lines")] == [
        (1, Decimal("30.00"), Decimal("5.70")),
        (2, Decimal("5.00"), Decimal("0.95")),
    ]


def test_a_draft_ships_nothing_yet() -> None:
    cost = {"amount_subtotal": 500, "amount_tax": 0, "amount_total": 500}
    assert lines_of(stripe.invoice(status="draft", total=3_500, shipping_cost=cost), "invoice.created") == []
