"""Salesforce records of our own making, in the shapes that Salesforce documents, with only the fields that matter."""

from __future__ import annotations

from typing import Any

Record = dict[str, Any]

ACCOUNT_ID, CONTACT_ID, DEAL_ID, LINE_ID = "001A", "003A", "006A", "00kA"
JANUARY = "2025-01-02T10:00:00.000+0000"
COMMIT = 1_738_368_000_000  # 2025-02-01T00:00:00Z


def exported(entity: str, record_id: str, **fields: Any) -> Record:
    """An object as the REST API gives it."""
    url = f"/services/data/v60.0/sobjects/{entity}/{record_id}"
    state = {"Id": record_id, "IsDeleted": False, "SystemModstamp": JANUARY, "CurrencyIsoCode": "USD"}
    return {"attributes": {"type": entity, "url": url}, **state, **fields}


def change(
    entity: str, kind: str, *ids: str, changed: list[str] | None = None, at: int = COMMIT, number: int = 1, **fields: Any
) -> Record:
    """A change event of the Pub/Sub API: fields that did not change arrive as null."""
    header = {
        "entityName": entity,
        "recordIds": list(ids),
        "changeType": kind,
        "changeOrigin": "com/salesforce/api/soap/60.0;client=SfdcInternalAPI/",
        "transactionKey": f"000046c7-{number}",
        "sequenceNumber": 1,
        "commitTimestamp": at,
        "commitNumber": 1_725_357_365_187_780_608 + number,
        "commitUser": "005A",
        "nulledFields": [],
        "diffFields": [],
        "changedFields": changed or [],
    }
    return {
        "id": f"9b77cea1-{entity}-{kind}-{number}",
        "schemaId": "a01VpgrsZNJdn-7KStJcxQ",
        "replayId": number,
        "payload": {"ChangeEventHeader": header, **fields},
    }


def cometd(event: Record) -> Record:
    """The same event as CometD gives it: without the fields that did not change, and without an id."""
    payload = {name: value for name, value in event["payload"].items() if value is not None}
    channel = f"/data/{payload['ChangeEventHeader']['entityName']}ChangeEvent"
    return {"channel": channel, "data": {"schema": "s", "payload": payload, "event": {"replayId": event["replayId"]}}}


ACCOUNT = exported(
    "Account", ACCOUNT_ID, Name="Acme", Industry="Retail", ParentId="001P", BillingCountry="us", AccountNumber="A-1"
)
DEAL = exported(
    "Opportunity",
    DEAL_ID,
    AccountId=ACCOUNT_ID,
    Name="Acme renewal",
    OwnerId="005A",
    StageName="Negotiation",
    IsClosed=False,
    IsWon=False,
    ForecastCategory="Pipeline",
    Probability=75.0,
    Amount=12000.5,
    CloseDate="2025-03-31",
    LeadSource="Web",
)
DEAL_LINE = exported(
    "OpportunityLineItem",
    LINE_ID,
    OpportunityId=DEAL_ID,
    Product2Id="01tA",
    PricebookEntryId="01uA",
    Quantity=10.0,
    UnitPrice=1250.0,
    Discount=4.0,
    Subtotal=12500.0,
    TotalPrice=12000.0,
    ServiceDate="2025-04-01",
)
WON = change(
    "Opportunity",
    "UPDATE",
    DEAL_ID,
    changed=["StageName", "IsClosed", "IsWon", "Probability", "LastModifiedDate"],
    StageName="Closed Won",
    IsClosed=True,
    IsWon=True,
    Probability=100.0,
    Amount=None,
    CloseDate=None,
    AccountId=None,
)

SOUND: dict[str, Record] = {
    "account": ACCOUNT,
    "contact": exported(
        "Contact", CONTACT_ID, AccountId=ACCOUNT_ID, FirstName="Ada", LastName="Lane", Email="ada@acme.com"
    ),
    "product": exported("Product2", "01tA", Name="Seat", Family="Software", IsActive=True, ProductCode="SEAT"),
    "price": exported("PricebookEntry", "01uA", Product2Id="01tA", UnitPrice=1250.0, IsActive=True),
    "deal": DEAL,
    "deal_line": DEAL_LINE,
    "quote": exported(
        "Quote",
        "0Q0A",
        OpportunityId=DEAL_ID,
        QuoteNumber="00000019",
        Status="Presented",
        ExpirationDate="2025-02-28",
        Subtotal=12500.0,
        TotalPrice=12000.0,
        ShippingHandling=50.0,
        Tax=960.0,
        GrandTotal=13010.0,
    ),
    "quote_line": exported(
        "QuoteLineItem", "0QLA", QuoteId="0Q0A", Quantity=10.0, UnitPrice=1250.0, Subtotal=12500.0, TotalPrice=12000.0
    ),
    "contract": exported(
        "Contract",
        "800A",
        AccountId=ACCOUNT_ID,
        Status="Activated",
        StatusCode="Activated",
        StartDate="2025-01-01",
        EndDate="2025-12-31",
        ActivatedDate="2024-12-20T09:00:00.000+0000",
        ContractNumber="00000101",
    ),
    "order": exported(
        "Order",
        "801A",
        AccountId=ACCOUNT_ID,
        ContractId="800A",
        QuoteId="0Q0A",
        StatusCode="Activated",
        EffectiveDate="2025-01-01",
        EndDate="2025-12-31",
        OrderNumber="00000100",
        PoNumber="PO-7",
    ),
    "order_line": exported(
        "OrderItem", "802A", OrderId="801A", Product2Id="01tA", Quantity=10.0, UnitPrice=1200.0, ServiceDate="2025-01-01"
    ),
    "task": exported(
        "Task", "00TA", WhatId=DEAL_ID, AccountId=ACCOUNT_ID, TaskSubtype="Call", Subject="Demo", Status="Done"
    ),
    "event": exported("Event", "00UA", AccountId=ACCOUNT_ID, StartDateTime="2025-01-05T10:00:00.000Z"),
    "case": exported("Case", "500A", AccountId=ACCOUNT_ID, Subject="Broken", Status="New"),
    "member": exported("CampaignMember", "00vA", CampaignId="701A", ContactId=CONTACT_ID, Status="Responded"),
    "won": WON,
    "won_by_cometd": cometd(WON),
    "created": change("Account", "CREATE", "001B", Name="Beta", BillingAddress={"Country": "DE", "City": "Bonn"}),
    "created_bare": change("Account", "CREATE", "001C", Name="Gamma", number=2)["payload"],
    "deleted": change("Opportunity", "DELETE", DEAL_ID, number=3),
    "together": change("OpportunityLineItem", "UPDATE", "00kA", "00kB", changed=["Quantity"], Quantity=3.0, number=4),
}
