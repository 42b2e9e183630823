"""Tasks, events, cases and campaign members: what touched a customer.

https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_task.htm
"""

from __future__ import annotations

import polars as pl

from lakehouse.tables.silver import INTERACTIONS
from pipelines.systems.changes import Said, said
from pipelines.systems.salesforce.records import Entity
from pipelines.systems.shape import Leaf, Shape

# A `WhatId` names an object of any kind; the first three characters say which.
_OPPORTUNITY = "006"
_DEAL = Said(pl.when(pl.col("WhatId").str.starts_with(_OPPORTUNITY)).then("WhatId"), ("WhatId",), refers=True)
_TASK_KINDS = {"Email": "email", "ListEmail": "email", "Call": "call"}

_ACTIVITY: Shape = {
    "AccountId": Leaf.ID,
    "WhoId": Leaf.ID,
    "WhatId": Leaf.ID,
    "OwnerId": Leaf.ID,
    "Subject": Leaf.TEXT,
}
_WITH = {
    # Salesforce fills the account in by whom and what the activity is about.
    "customer_id": Said(pl.coalesce("AccountId", "WhoId"), ("AccountId", "WhoId"), refers=True),
    "opportunity_id": _DEAL,
    "actor": said("OwnerId"),
    "subject": said("Subject"),
}

TASK = Entity(
    "Task",
    INTERACTIONS,
    {**_ACTIVITY, "TaskSubtype": Leaf.TEXT, "Status": Leaf.TEXT, "ActivityDate": Leaf.STAMP, "CreatedDate": Leaf.STAMP},
    {
        **_WITH,
        "kind": Said(
            pl.col("TaskSubtype").replace_strict(_TASK_KINDS, default="task", return_dtype=pl.String), ("TaskSubtype",)
        ),
        "status": said("Status"),
        "occurred_at": said("ActivityDate", "CreatedDate"),
    },
)

EVENT = Entity(
    "Event",
    INTERACTIONS,
    {**_ACTIVITY, "StartDateTime": Leaf.STAMP, "ActivityDateTime": Leaf.STAMP, "ActivityDate": Leaf.STAMP},
    {**_WITH, "occurred_at": said("StartDateTime", "ActivityDateTime", "ActivityDate")},
    constant={"kind": "meeting"},
)

CASE = Entity(
    "Case",
    INTERACTIONS,
    {
        "AccountId": Leaf.ID,
        "ContactId": Leaf.ID,
        "OwnerId": Leaf.ID,
        "Subject": Leaf.TEXT,
        "Status": Leaf.TEXT,
        "CreatedDate": Leaf.STAMP,
    },
    {
        "customer_id": Said(pl.coalesce("AccountId", "ContactId"), ("AccountId", "ContactId"), refers=True),
        "actor": said("OwnerId"),
        "subject": said("Subject"),
        "status": said("Status"),
        "occurred_at": said("CreatedDate"),
    },
    constant={"kind": "ticket"},
)

CAMPAIGN_MEMBER = Entity(
    "CampaignMember",
    INTERACTIONS,
    {
        "CampaignId": Leaf.ID,
        "AccountId": Leaf.ID,
        "ContactId": Leaf.ID,
        "LeadId": Leaf.ID,
        "Status": Leaf.TEXT,
        "FirstRespondedDate": Leaf.STAMP,
        "CreatedDate": Leaf.STAMP,
    },
    {
        "customer_id": Said(
            pl.coalesce("AccountId", "ContactId", "LeadId"), ("AccountId", "ContactId", "LeadId"), refers=True
        ),
        "subject": said("CampaignId"),
        "status": said("Status"),
        "occurred_at": said("FirstRespondedDate", "CreatedDate"),
    },
    constant={"kind": "campaign"},
)
