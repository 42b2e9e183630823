"""Which of a shop's two currencies a figure is in.

Shopify tells most amounts twice (https://shopify.dev/docs/api/admin-rest/latest/resources/order): in the currency of the
shop and, in `presentment_money` of the `*_set` beside it, in the currency in which the customer was charged. The choice
is PRESENTMENT: the customer agreed to that price and owes that currency, so the receivable and the transaction price are
denominated in it (ASC 830-20-25, IAS 21.21), and transactions are told in it, so that a payment settles its order to the
cent. The shop's amount is kept beside it: as the settlement of a payment, and as a name of the order (`references`).
Figures without a set are in the one currency there is. All are decimal texts in major units.
"""

from __future__ import annotations

import polars as pl

from pipelines.systems.shape import Leaf, Shape
from pipelines.systems.shop_money import WIDE

_MONEY: Shape = {"amount": Leaf.MONEY, "currency_code": Leaf.CURRENCY}
SET: Shape = {"presentment_money": _MONEY, "shop_money": _MONEY}


def told(*names: str) -> Shape:
    """Leaves of amounts that are told plainly and as a set."""
    return dict.fromkeys(names, Leaf.MONEY) | {f"{name}_set": SET for name in names}


def charged(name: str) -> pl.Expr:
    """The amount in the currency in which the customer was charged."""
    return pl.coalesce(f"{name}_set.presentment_money.amount", name).cast(WIDE)


def charged_in(name: str) -> pl.Expr:
    """The currency of that amount, where a set tells it."""
    return pl.col(f"{name}_set.presentment_money.currency_code")
