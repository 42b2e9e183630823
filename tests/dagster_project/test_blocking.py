"""What fails at a gate does not reach the next stage, within one run (law 7)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import dagster as dg

from dagster_project.refresh import refresh
from lakehouse.store import Lakehouse
from lakehouse.tables import silver
from tests.dagster_project.company import CHAIN, company
from tests.dagster_project.conftest import receive
from tests.expectations.facts import fact

DAY = date(2025, 4, 1)


def test_sound_facts_reach_the_end_of_the_chain(ingested: Lakehouse, instance: dg.DagsterInstance) -> None:
    result = refresh(ingested.root, as_of=DAY, instance=instance, definitions=company())
    assert result.success
    assert set(CHAIN) <= set(result.materialised)
    assert (result.failed_checks, result.failed_steps) == ((), ())


def test_broken_register_stops_gold(ingested: Lakehouse, instance: dg.DagsterInstance) -> None:
    lost = {"row_key": "stripe|evt_2|", "source_event_id": "evt_2", "fact_count": 1}
    ingested.append(silver.SOURCE_EVENTS, fact(silver.SOURCE_EVENTS, **lost))
    receive(ingested, "evt_2")
    result = refresh(ingested.root, as_of=DAY, instance=instance, definitions=company())
    assert not result.success
    assert result.failed_checks == ("silver.source_events",)
    assert set(result.materialised) & {*CHAIN, "silver.documents"} == set()


def test_broken_gold_table_stops_what_is_downstream(ingested: Lakehouse, instance: dg.DagsterInstance) -> None:
    result = refresh(ingested.root, as_of=DAY, instance=instance, definitions=company(off_by="0.01"))
    assert not result.success
    assert result.failed_checks == ("gold.contracts",)
    assert set(result.materialised) & set(CHAIN) == {"gold.obligations", "gold.contracts"}


def test_failing_row_is_left_out_in_the_same_run(ingested: Lakehouse, instance: dg.DagsterInstance) -> None:
    wrong = {"row_key": "stripe|evt_2|invoice", "source_event_id": "evt_2", "subtotal": Decimal(1)}
    register = {"row_key": "stripe|evt_2|", "source_event_id": "evt_2", "fact_count": 1}
    ingested.append(silver.SOURCE_EVENTS, fact(silver.SOURCE_EVENTS, **register))
    ingested.append(silver.DOCUMENTS, fact(silver.DOCUMENTS, **wrong))
    receive(ingested, "evt_2")
    result = refresh(ingested.root, as_of=DAY, instance=instance, definitions=company())
    documents = instance.get_latest_materialization_event(dg.AssetKey(["gold", "obligations"]))
    assert result.success
    assert documents is not None
    assert documents.asset_materialization is not None
    assert documents.asset_materialization.metadata["documents"].value == 1


def test_blocked_gate_is_tried_again_and_opens_once_mended(ingested: Lakehouse, instance: dg.DagsterInstance) -> None:
    lost = {"row_key": "stripe|evt_2|", "source_event_id": "evt_2", "fact_count": 1}
    ingested.append(silver.SOURCE_EVENTS, fact(silver.SOURCE_EVENTS, **lost))
    receive(ingested, "evt_2")
    for _ in range(2):
        assert not refresh(ingested.root, as_of=DAY, instance=instance, definitions=company()).success
    ingested.append(silver.CASH, fact(silver.CASH, row_key="stripe|evt_2|cash", source_event_id="evt_2"))
    assert refresh(ingested.root, as_of=DAY, instance=instance, definitions=company()).success
