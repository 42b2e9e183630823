"""Charges with the columns of FOCUS, as CSV gives them (text) and as JSON and Parquet do (numbers)."""

from __future__ import annotations

from tests.pipelines.systems.normalising import Record

CHARGE: Record = {
    "BilledCost": "0.00000080000",
    "BillingAccountId": "1234",
    "BillingCurrency": "USD",
    "BillingPeriodEnd": "2024-10-01 00:00:00",
    "BillingPeriodStart": "2024-09-01 00:00:00",
    "ChargeCategory": "Usage",
    "ChargeClass": "NULL",
    "ChargeFrequency": "Usage-Based",
    "ChargePeriodEnd": "2024-09-18 23:00:00",
    "ChargePeriodStart": "2024-09-18 22:00:00",
    "ConsumedQuantity": "2.0000000000005",
    "ConsumedUnit": "Requests",
    "EffectiveCost": "0.00000075000",
    "ProviderName": "AWS",
    "ResourceId": "arn:queue",
    "ServiceName": "Simple Queue Service",
    "SkuId": "G95",
    "SubAccountId": "5173",
    "Tags": '{"team": "ops"}',
}

SOUND: dict[str, Record] = {
    "1.0": CHARGE,
    "1.1": CHARGE | {"SkuMeter": "Requests tier 1", "CapacityReservationId": "NULL"},
    "1.2": CHARGE
    | {
        "BilledCost": 12.5,
        "EffectiveCost": 0,
        "ConsumedQuantity": None,
        "ChargeCategory": "Purchase",
        "InvoiceId": "INV-7",
        "ChargePeriodStart": "2024-09-01T00:00:00Z",
        "ChargePeriodEnd": "2024-10-01T00:00:00Z",
        "BillingPeriodStart": "2024-09-01T00:00:00Z",
        "Tags": {"team": "ops"},
    },
    "1.3": {name: value for name, value in CHARGE.items() if name != "ProviderName"}
    | {"ServiceProviderName": "AWS", "HostProviderName": "AWS", "InvoiceIssuerName": "Reseller"},
    "correction": CHARGE | {"BilledCost": "-0.5", "ChargeClass": "Correction", "BillingPeriodStart": "2024-10-01 00:00:00"},
}
