"""Salesforce objects that carry facts. All others are unmapped."""

from __future__ import annotations

from pipelines.systems.reading import Kind
from pipelines.systems.salesforce.agreements import CONTRACT, ORDER, ORDER_LINE
from pipelines.systems.salesforce.goods import PRICE, PRODUCT
from pipelines.systems.salesforce.interactions import CAMPAIGN_MEMBER, CASE, EVENT, TASK
from pipelines.systems.salesforce.opportunities import OPPORTUNITY, OPPORTUNITY_LINE
from pipelines.systems.salesforce.parties import ACCOUNT, CONTACT
from pipelines.systems.salesforce.quotes import QUOTE, QUOTE_LINE
from pipelines.systems.salesforce.records import Entity

ENTITIES: dict[str, Entity] = {
    entity.name: entity
    for entity in (
        *(ACCOUNT, CONTACT, PRODUCT, PRICE, OPPORTUNITY, OPPORTUNITY_LINE, QUOTE, QUOTE_LINE),
        *(CONTRACT, ORDER, ORDER_LINE, TASK, EVENT, CASE, CAMPAIGN_MEMBER),
    )
}

KINDS: dict[str, Kind] = {name: kind for entity in ENTITIES.values() for name, kind in entity.kinds().items()}
