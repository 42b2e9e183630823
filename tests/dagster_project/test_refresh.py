"""`refresh`: what it runs, what it leaves out, and where the run is seen."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import dagster as dg
import pytest

from dagster_project.home import prepare_home
from dagster_project.refresh import refresh
from lakehouse.errors import RtrError
from lakehouse.store import Lakehouse
from lakehouse.tables import silver
from tests.dagster_project.company import CHAIN, company
from tests.expectations.facts import fact

DAY = date(2025, 4, 1)


def test_silver_that_has_not_changed_is_not_judged_again(ingested: Lakehouse, instance: dg.DagsterInstance) -> None:
    first = refresh(ingested.root, as_of=DAY, instance=instance, definitions=company())
    second = refresh(ingested.root, as_of=DAY, instance=instance, definitions=company())
    assert set(first.materialised) == {"silver.source_events", "silver.documents", "silver.document_lines", *CHAIN}
    assert set(second.materialised) == set(CHAIN)


def test_silver_that_changed_is_judged(ingested: Lakehouse, instance: dg.DagsterInstance) -> None:
    refresh(ingested.root, as_of=DAY, instance=instance, definitions=company())
    ingested.append(silver.CUSTOMERS, fact(silver.CUSTOMERS, row_key="stripe|evt_0|c", source_event_id="evt_0"))
    result = refresh(ingested.root, as_of=DAY, instance=instance, definitions=company())
    assert set(result.materialised) - set(CHAIN) == {"silver.customers"}


def test_selection_keeps_the_gates_of_silver(ingested: Lakehouse, instance: dg.DagsterInstance) -> None:
    result = refresh(ingested.root, as_of=DAY, select="gold/obligations", instance=instance, definitions=company())
    assert result.success
    assert {name for name in result.materialised if name.startswith("gold")} == {"gold.obligations"}
    assert "silver.documents" in result.materialised


def test_unknown_selection_is_refused(ingested: Lakehouse, instance: dg.DagsterInstance) -> None:
    with pytest.raises(RtrError, match="BAD_SELECTION"):
        refresh(ingested.root, as_of=DAY, select="gold/jurnal", instance=instance, definitions=company())


def test_as_of_reaches_the_assets(ingested: Lakehouse, instance: dg.DagsterInstance) -> None:
    refresh(ingested.root, as_of=date(2025, 3, 31), instance=instance, definitions=company())
    event = instance.get_latest_materialization_event(dg.AssetKey(["gold", "obligations"]))
    assert event is not None
    assert event.asset_materialization is not None
    assert event.asset_materialization.metadata["as_of"].value == "2025-03-31"


def test_progress_names_each_step(ingested: Lakehouse, instance: dg.DagsterInstance) -> None:
    told: list[str] = []
    refresh(ingested.root, as_of=DAY, instance=instance, progress=told.append, definitions=company())
    assert told.index("silver.documents") < told.index("gate of silver.documents") < told.index("gold.obligations")


def test_no_fact_is_read_before_every_gate_has_spoken(ingested: Lakehouse, instance: dg.DagsterInstance) -> None:
    told: list[str] = []
    # The fake obligations name only the documents; they must wait for the gate of the customers all the same.
    ingested.append(silver.CUSTOMERS, fact(silver.CUSTOMERS, row_key="stripe|evt_0|c", source_event_id="evt_0"))
    refresh(ingested.root, as_of=DAY, instance=instance, progress=told.append, definitions=company())
    assert told.index("gate of silver.customers") < told.index("silver.cut") < told.index("gold.obligations")


def test_broken_asset_is_named_with_its_reason(ingested: Lakehouse, instance: dg.DagsterInstance) -> None:
    result = refresh(ingested.root, as_of=DAY, instance=instance, definitions=company(off_by="nonsense"))
    assert not result.success
    assert result.failed_checks == ()
    assert [step.split(":")[0] for step in result.failed_steps] == ["gold__contracts"]


def test_run_is_kept_beside_the_lakehouse_and_the_terminal_stays_quiet(
    ingested: Lakehouse, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DAGSTER_HOME", raising=False)
    result = refresh(ingested.root, as_of=DAY, definitions=company())
    home = Path(ingested.root) / ".dagster"
    assert capfd.readouterr() == ("", "")
    with dg.DagsterInstance.from_config(str(home)) as instance:
        assert [run.run_id for run in instance.get_runs()] == [result.run_id]
        assert not instance.telemetry_enabled


def test_home_is_dagsters_own_where_it_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path / "shared"))
    assert prepare_home("s3://bucket/lake") == (tmp_path / "shared").resolve()
    (tmp_path / "shared" / "dagster.yaml").write_text("telemetry:\n  enabled: false\n# mine\n")
    prepare_home("s3://bucket/lake")
    assert "# mine" in (tmp_path / "shared" / "dagster.yaml").read_text()
