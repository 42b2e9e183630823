"""Which system holds a thing, and the order in which systems are believed where no policy says otherwise.

Documents, contracts and customers: billing before shop before ERP before CRM, because the bill is what the customer owes.
Cash: who moved the money before who billed it. A system that is not listed comes after all that are, by name; what
somebody wrote by hand (`native`) comes last.
"""

from __future__ import annotations

import polars as pl

PAYMENT_PROVIDERS = ("stripe", "adyen", "braintree", "paypal", "square", "gocardless", "mollie", "checkout")
BILLING = ("stripe", "chargebee", "recurly", "zuora", "maxio", "paddle", "lago", "orb", "killbill", "metronome")
SHOPS = ("shopify", "woocommerce", "bigcommerce", "magento", "amazon", "ebay", "squarespace")
ERPS = ("netsuite", "quickbooks", "xero", "sage", "dynamics", "sap", "odoo", "erpnext", "oracle", "workday")
CRMS = ("salesforce", "hubspot", "pipedrive", "zoho")
BY_HAND = "native"

BILL_FIRST = tuple(dict.fromkeys((*BILLING, *PAYMENT_PROVIDERS, *SHOPS, *ERPS, *CRMS)))
MONEY_FIRST = tuple(dict.fromkeys((*PAYMENT_PROVIDERS, *BILLING, *SHOPS, *ERPS, *CRMS)))

UNLISTED, LAST = 1_000, 2_000
"""Ranks of a system that is not listed, and of what was written by hand."""


def default_order(kind: str) -> tuple[str, ...]:
    """Systems in the order in which they are believed about a kind of object."""
    return MONEY_FIRST if kind == "cash" else BILL_FIRST


def system_of(object_id: str = "object_id") -> pl.Expr:
    """The system an object id belongs to: its prefix; where it has none, the source that told the row."""
    return pl.coalesce(pl.col(object_id).str.extract(r"^([a-z][a-z0-9_-]*):", 1), "source")


def default_rank(kind: str, system: str = "system") -> pl.Expr:
    """Place of each system in the default order, from 0."""
    ranks = {name: rank for rank, name in enumerate(default_order(kind))} | {BY_HAND: LAST}
    return pl.col(system).replace_strict(ranks, default=UNLISTED, return_dtype=pl.Int64)
