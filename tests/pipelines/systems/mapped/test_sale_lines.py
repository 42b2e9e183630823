"""A line of a sale told on its own: a document of its own in the contract that is the sale."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.pipelines.systems.mapped.feeds import SALES, SOUND, normalise

CANCELLED = """          cancelled:
            when: {column: receipt, prefix: C}
            amounts: %s
"""


def test_lines_of_one_receipt_are_documents_of_one_contract() -> None:
    facts = normalise(SALES, SOUND["sale"], SOUND["sale"], SOUND["returned"]).facts
    documents, lines = facts["silver.documents"], facts["silver.document_lines"]
    assert documents["contract_id"].to_list() == ["mapped:till:contract/R1"] * 2 + ["mapped:till:contract/R2"]
    assert documents["object_id"].n_unique() == 3
    assert documents["total"].to_list() == [Decimal("2.50"), Decimal("2.50"), Decimal("-3.10")]
    assert lines["document_id"].to_list() == documents["object_id"].to_list()
    assert lines["amount"].to_list() == documents["total"].to_list()
    assert facts["silver.contracts"]["object_id"].unique().sort().to_list() == [
        "mapped:till:contract/R1",
        "mapped:till:contract/R2",
    ]
    assert facts["silver.external_references"]["reference"].to_list() == ["R1", "R1", "R2"]


@pytest.mark.parametrize(("signs", "written"), [("negative", "-2"), ("positive", "2")])
def test_a_cancelled_line_is_negative_however_the_feed_writes_it(signs: str, written: str) -> None:
    row = SOUND["sale"] | {"receipt": "C1", "quantity": written}
    facts = normalise(SALES + CANCELLED % signs, row, SOUND["sale"]).facts
    documents = facts["silver.documents"]
    assert documents["total"].to_list() == [Decimal("-2.50"), Decimal("2.50")]
    assert documents["reason_code"].to_list() == ["cancellation", None]
    assert facts["silver.document_lines"]["quantity"].to_list() == [-2, 2]


@pytest.mark.parametrize(("signs", "written"), [("negative", "2"), ("positive", "-2")])
def test_a_cancelled_line_with_the_other_sign_is_refused(signs: str, written: str) -> None:
    row = SOUND["sale"] | {"receipt": "C1", "quantity": written}
    assert normalise(SALES + CANCELLED % signs, row).events["code"].to_list() == ["NOT_ALLOWED"]


def test_tax_is_on_top_of_the_amount() -> None:
    facts = normalise(SALES + "          tax: vat\n", SOUND["sale"] | {"vat": "0.48"}).facts
    (document,) = facts["silver.documents"].to_dicts()
    assert (document["subtotal"], document["tax"], document["total"]) == (Decimal("2.50"), Decimal("0.48"), Decimal("2.98"))


def test_the_sale_may_be_told_elsewhere() -> None:
    facts = normalise(SALES + "          tells_sale: false\n", SOUND["sale"]).facts
    assert set(facts) == {"silver.documents", "silver.document_lines"}
