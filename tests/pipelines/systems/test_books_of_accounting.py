"""From records of accounting systems to balances of the books: what a credit takes back of several invoices counts once.

Each story sells two services for 90.00 and 18.00 tax each, and gives 54.00 of the 216.00 back by one credit that is applied
to both invoices: 54/108 of the 90.00 is 45.00, whichever invoice it comes from.
"""

from __future__ import annotations

import pytest

from tests.pipelines.systems import netsuite_records as netsuite
from tests.pipelines.systems import quickbooks_records as quickbooks
from tests.pipelines.systems import xero_records as xero
from tests.pipelines.systems.books import balances
from tests.pipelines.systems.normalising import Record


def quickbooks_story() -> list[Record]:
    sale = {"Line": [quickbooks.sold(1, 90.0)], "TxnTaxDetail": {"TotalTax": 18.0}, "TotalAmt": 108.0, "Balance": 0.0}
    memo = quickbooks.CREDIT_MEMO | {"TotalAmt": 54.0, "Balance": 0.0, "Line": [quickbooks.sold(1, 45.0)]}
    settled = [(108.0, "Invoice", "130"), (108.0, "Invoice", "131"), (54.0, "CreditMemo", "73")]
    return [
        quickbooks.one("Invoice", quickbooks.invoice(**sale)),
        quickbooks.one("Invoice", quickbooks.invoice(Id="131", **sale)),
        quickbooks.one("CreditMemo", memo | {"TxnTaxDetail": {"TotalTax": 9.0}}),
        quickbooks.one("Payment", quickbooks.payment(settled, 162.0)),
    ]


def xero_story() -> list[Record]:
    sale = {"LineItems": [xero.line(1, 90.0, 18.0)], "TotalTax": 18.0, "Total": 108.0}
    note = {"LineItems": [xero.line(1, 54.0, 9.0)], "TotalTax": 9.0, "Total": 54.0}
    return [
        xero.invoice(InvoiceID="i1", **sale),
        xero.invoice(InvoiceID="i2", **sale),
        xero.credit_note([("i1", 30.0), ("i2", 24.0)], **note),
        xero.payment("p1", "i1", 78.0),
        xero.payment("p2", "i2", 84.0),
    ]


def netsuite_story() -> list[Record]:
    sale = {
        "item": {"items": [netsuite.item(1, 90.0)]},
        "discountTotal": 0.0,
        "shippingCost": 0.0,
        "taxTotal": 18.0,
        "total": 108.0,
        "amountRemaining": 0.0,
    }
    memo = netsuite.credit_memo([netsuite.to("1", 30.0), netsuite.to("2", 24.0)])
    return [
        netsuite.invoice("1", **sale),
        netsuite.invoice("2", **sale),
        memo | {"total": 54.0, "taxTotal": 9.0, "item": {"items": [netsuite.item(1, 45.0)]}},
        netsuite.payment("1400", 162.0, [netsuite.to("1", 78.0), netsuite.to("2", 84.0)]),
    ]


@pytest.mark.parametrize(
    ("source", "records"),
    [("quickbooks", quickbooks_story()), ("xero", xero_story()), ("netsuite", netsuite_story())],
)
def test_a_credit_that_is_applied_to_two_invoices_takes_back_of_both(source: str, records: list[Record]) -> None:
    # 216.00 - 54.00 of money; 36.00 - 9.00 of tax
    assert balances(source, *records) == {
        "Cash": "162.00",
        "CreditNotes": "45.00",
        "Revenue": "180.00",
        "TaxLiability": "27.00",
    }
