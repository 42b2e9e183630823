"""Which of Shopify's objects carry revenue facts, and how each is recognised: by topic, by name, by global id, by fields.

Topics: https://shopify.dev/docs/api/webhooks. Names: https://shopify.dev/docs/api/admin-rest. Global ids:
https://shopify.dev/docs/api/usage/gids.
"""

from __future__ import annotations

from pipelines.systems.reading import Kind
from pipelines.systems.shop_records import Resource
from pipelines.systems.shopify.customers import CUSTOMER
from pipelines.systems.shopify.disputes import DISPUTE
from pipelines.systems.shopify.fulfilments import FULFILMENT
from pipelines.systems.shopify.gift_cards import GIFT_CARD
from pipelines.systems.shopify.orders import ORDER
from pipelines.systems.shopify.payouts import BALANCE_TRANSACTION, PAYOUT
from pipelines.systems.shopify.products import INVENTORY_ITEM, INVENTORY_LEVEL, PRODUCT, VARIANT
from pipelines.systems.shopify.quotes import DRAFT_ORDER
from pipelines.systems.shopify.refunds import REFUND
from pipelines.systems.shopify.tenders import TENDER
from pipelines.systems.shopify.transactions import TRANSACTION

RESOURCES: dict[str, Resource] = {
    resource.name: resource
    for resource in (
        ORDER,
        REFUND,
        TRANSACTION,
        FULFILMENT,
        PAYOUT,
        BALANCE_TRANSACTION,
        DISPUTE,
        TENDER,
        CUSTOMER,
        PRODUCT,
        VARIANT,
        INVENTORY_ITEM,
        INVENTORY_LEVEL,
        GIFT_CARD,
        DRAFT_ORDER,
    )
}

KINDS: dict[str, Kind] = {
    name: kind for resource in RESOURCES.values() for name, kind in resource.kinds(wrapped=True).items()
}

# What comes with each topic. orders/edited carries the edit and not the order, whose new state comes as orders/updated;
# orders/delete and the like carry nothing but an id, and an order can be deleted only when nothing of it counts.
_CHANGES: tuple[tuple[Resource, str, str], ...] = (
    (ORDER, "orders", "create updated paid cancelled edited fulfilled partially_fulfilled risk_assessment_changed"),
    (REFUND, "refunds", "create"),
    (TRANSACTION, "order_transactions", "create"),
    (FULFILMENT, "fulfillments", "create update"),
    (DISPUTE, "disputes", "create update"),
    (TENDER, "tender_transactions", "create"),
    (CUSTOMER, "customers", "create update enable disable delete"),
    (PRODUCT, "products", "create update delete"),
    (INVENTORY_ITEM, "inventory_items", "create update delete"),
    (INVENTORY_LEVEL, "inventory_levels", "connect update disconnect"),
    (DRAFT_ORDER, "draft_orders", "create update delete"),
    (GIFT_CARD, "gift_cards", "create update"),
    (PAYOUT, "payouts", "create update"),
)

TOPICS: dict[str, str] = {
    f"{family}/{change}": resource.name for resource, family, changes in _CHANGES for change in changes.split()
}

GLOBAL_IDS: dict[str, str] = {
    "Order": "order",
    "Refund": "refund",
    "OrderTransaction": "transaction",
    "Fulfillment": "fulfillment",
    "TenderTransaction": "tender_transaction",
    "Customer": "customer",
    "Product": "product",
    "ProductVariant": "variant",
    "InventoryItem": "inventory_item",
    "InventoryLevel": "inventory_level",
    "GiftCard": "gift_card",
    "DraftOrder": "draft_order",
    "ShopifyPaymentsDispute": "dispute",
    "ShopifyPaymentsPayout": "payout",
    "ShopifyPaymentsBalanceTransaction": "balance_transaction",
}
"""Type in `admin_graphql_api_id` (gid://shopify/<type>/<id>) to the name of the object."""

LISTS: dict[str, str] = {f"{name}s": name for name in RESOURCES} | {
    "inventory_levels": "inventory_level",
    "transactions": "transaction",
}
"""Keys under which the REST API answers many records at once."""

_NO_REVENUE = (
    "abandoned_checkout access_scope address application_charge application_credit article asset author balance blog"
    " carrier_service cart checkout collect collection collection_listing collection_publication comment country currency"
    " custom_collection customer_address customer_invite customer_saved_search discount discount_code"
    " discount_code_creation draft_order_invoice engagement event fulfillment_event fulfillment_order fulfillment_service"
    " image location marketing_event metafield order_edit page policy price_rule product_listing product_publication"
    " province publication recurring_application_charge redirect report risk script_tag shipping_zone shop"
    " smart_collection storefront_access_token theme usage_charge user webhook"
)

UNMAPPED: dict[str, str] = {
    key: name for name in _NO_REVENUE.split() for key in (name, f"{name}s", f"{name}es", f"{name.removesuffix('y')}ies")
}
"""Keys of records, one or many, that carry no revenue facts."""
