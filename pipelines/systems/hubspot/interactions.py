"""Tickets, calls, meetings and e-mails: what touched a customer.

https://developers.hubspot.com/docs/guides/api/crm/engagements/calls
"""

from __future__ import annotations

from lakehouse.tables.silver import INTERACTIONS
from pipelines.systems.changes import said
from pipelines.systems.hubspot.objects import HubObject, Told, associated
from pipelines.systems.shape import Leaf

_WITH = {"company": "companies", "contact": "contacts", "deal": "deals"}


def _touch(name: str, subject: str, status: str, at: str) -> HubObject:
    return HubObject(
        name,
        {subject: Leaf.TEXT, status: Leaf.TEXT, at: Leaf.STAMP, "hubspot_owner_id": Leaf.TEXT},
        (
            Told(
                INTERACTIONS,
                {
                    "customer_id": associated("company", "contact"),
                    "opportunity_id": associated("deal"),
                    "actor": said("hubspot_owner_id"),
                    "subject": said(subject),
                    "status": said(status),
                    "occurred_at": said(at),
                },
                constant={"kind": name},
            ),
        ),
        associations=_WITH,
    )


TICKET = _touch("ticket", "subject", "hs_pipeline_stage", "createdate")
CALL = _touch("call", "hs_call_title", "hs_call_status", "hs_timestamp")
MEETING = _touch("meeting", "hs_meeting_title", "hs_meeting_outcome", "hs_timestamp")
EMAIL = _touch("email", "hs_email_subject", "hs_email_status", "hs_timestamp")
