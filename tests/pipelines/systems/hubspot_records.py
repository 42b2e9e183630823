"""HubSpot objects and webhook events of our own making, in the shapes that HubSpot documents."""

from __future__ import annotations

from typing import Any

Record = dict[str, Any]

OCCURRED = 1_738_368_000_000  # 2025-02-01T00:00:00Z


def exported(object_id: str, associations: Record | None = None, **properties: Any) -> Record:
    """An object as the CRM API gives it: every property is text, an empty one an empty text or null."""
    state = {"id": object_id, "createdAt": "2025-01-01T00:00:00.000Z", "updatedAt": "2025-01-02T10:00:00.000Z"}
    linked = {"associations": associations} if associations else {}
    return {**state, "archived": False, "properties": {"hs_object_id": object_id, **properties}, **linked}


def linked(**ids: str) -> Record:
    return {name: {"results": [{"id": object_id, "type": "any"}]} for name, object_id in ids.items()}


def webhook(kind: str, object_id: int, at: int = OCCURRED, **more: Any) -> Record:
    return {
        "eventId": 100,
        "subscriptionId": 25,
        "portalId": 33,
        "appId": 1160452,
        "occurredAt": at,
        "subscriptionType": kind,
        "attemptNumber": 0,
        "objectId": object_id,
        "changeSource": "CRM",
        **more,
    }


def changed(name: str, value: str, kind: str = "deal", object_id: int = 7, **more: Any) -> Record:
    return webhook(f"{kind}.propertyChange", object_id, propertyName=name, propertyValue=value, **more)


DEAL = exported(
    "7",
    linked(companies="11", contacts="12"),
    dealname="Acme renewal",
    dealstage="contractsent",
    hs_is_closed="false",
    hs_is_closed_won="false",
    hs_deal_stage_probability="0.9",
    amount="12000.50",
    deal_currency_code="EUR",
    closedate="2025-03-31T23:59:59.000Z",
    hubspot_owner_id="55",
    hs_analytics_source="",
)
LINE_ITEM = exported(
    "21",
    linked(deals="7"),
    name="Seats",
    hs_product_id="31",
    quantity="10",
    price="1250",
    hs_total_discount="500.00",
    amount="12000.00",
    hs_line_item_currency_code="EUR",
    recurringbillingfrequency="quarterly",
    hs_recurring_billing_start_date="2025-04-01",
    hs_recurring_billing_period="P1Y6M",
)

SOUND: dict[str, Record] = {
    "deal": DEAL,
    "line_item": LINE_ITEM,
    "company": exported(
        "11", name="Acme", domain="acme.com", industry="RETAIL", country="United States", hs_country_code="us"
    ),
    "contact": exported(
        "12", firstname="Ada", lastname="Lane", email="ada@acme.com", associatedcompanyid="11", country=None
    ),
    "product": exported("31", name="Seat", hs_sku="SEAT", price="1250.00", recurringbillingfrequency="monthly"),
    "ticket": exported(
        "41", linked(companies="11"), subject="Broken", hs_pipeline_stage="1", createdate="2025-01-02T09:00:00Z"
    ),
    "call": exported("42", linked(deals="7", contacts="12"), hs_call_title="Demo", hs_timestamp="2025-01-02T09:00:00Z"),
    "delivered": {"delivery": {"topic": "companies", "id": None, "at": None}, "body": exported("13", name="Beta")},
    "amount": changed("amount", "13000"),
    "emptied": changed("amount", "", at=OCCURRED + 1),
    "generic": changed("dealstage", "closedwon", "object", objectTypeId="0-3"),
    "deleted": webhook("deal.deletion", 8),
    "forgotten": webhook("contact.privacyDeletion", 12),
}
