"""HubSpot objects that carry facts. All others are unmapped."""

from __future__ import annotations

from pipelines.systems.hubspot.deals import DEAL, LINE_ITEM
from pipelines.systems.hubspot.goods import PRODUCT
from pipelines.systems.hubspot.interactions import CALL, EMAIL, MEETING, TICKET
from pipelines.systems.hubspot.objects import HubObject
from pipelines.systems.hubspot.parties import COMPANY, CONTACT
from pipelines.systems.reading import Kind

OBJECTS: tuple[HubObject, ...] = (DEAL, LINE_ITEM, COMPANY, CONTACT, PRODUCT, TICKET, CALL, MEETING, EMAIL)

KINDS: dict[str, Kind] = {name: kind for told in OBJECTS for name, kind in told.kinds().items()}
