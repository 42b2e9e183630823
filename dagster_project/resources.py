"""Resources: the lakehouse that a run reads and writes."""

import os

import dagster as dg

from expectations.judged import JudgedLakehouse

ROOT_VARIABLE = "RTR_LAKEHOUSE"
DEFAULT_ROOT = "./lakehouse-data"


def lakehouse_root() -> str:
    """Where the lakehouse is: RTR_LAKEHOUSE, else a folder below the working directory. The one place that reads it."""
    return os.environ.get(ROOT_VARIABLE) or DEFAULT_ROOT


@dg.resource(
    config_schema={
        "root": dg.Field(str, is_required=False, description=f"Root of the lakehouse; {ROOT_VARIABLE} where it is empty.")
    },
    description="All tables below one root; silver as far as it passed its gates.",
)
def lakehouse_resource(context: dg.InitResourceContext) -> JudgedLakehouse:
    """Opened anew for each run, so that a run sees silver only as far as it has passed."""
    return JudgedLakehouse(context.resource_config.get("root") or lakehouse_root())
