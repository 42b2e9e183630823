"""What the kinds of Shopify records have in common."""

from __future__ import annotations

from functools import partial

from pipelines.systems import shop_references
from pipelines.systems.shop_records import Life

refers = partial(shop_references.refers, system="shopify")
"""A reference that Shopify itself gave, unless another system is stated."""

LIFE = Life("/", "create", "delete")
