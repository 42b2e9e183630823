"""What starts the refresh by itself, where somebody turns it on: new facts, and the passing of time."""

from __future__ import annotations

import json

import dagster as dg

from dagster_project.resources import lakehouse_root
from lakehouse.store import Lakehouse
from lakehouse.tables import silver

JOB_NAME = "refresh"


@dg.sensor(
    name="refresh_when_facts_arrive",
    job_name=JOB_NAME,
    minimum_interval_seconds=30,
    default_status=dg.DefaultSensorStatus.STOPPED,
    description="Run the refresh when something was committed to silver. `rtr up` with --path does the same, warm.",
)
def refresh_when_facts_arrive(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
    """One run for each set of versions of the silver tables."""
    lake = Lakehouse(lakehouse_root())
    versions = json.dumps({table.name: lake.version(table) for table in silver.TABLES}, sort_keys=True)
    if versions == context.cursor:
        return dg.SkipReason("Nothing was committed to silver.")
    return dg.SensorResult([dg.RunRequest(run_key=versions)], cursor=versions)


refresh_after_midnight = dg.ScheduleDefinition(
    name="refresh_after_midnight",
    job_name=JOB_NAME,
    cron_schedule="5 0 * * *",
    execution_timezone="UTC",
    default_status=dg.DefaultScheduleStatus.STOPPED,
    description="Run the refresh after midnight UTC: time alone earns revenue.",
)
