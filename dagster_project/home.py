"""Where Dagster keeps its runs: one folder that `rtr refresh`, `dagster dev` and `rtr up` share."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

import dagster as dg

HOME_VARIABLE = "DAGSTER_HOME"
FOLDER = ".dagster"
CONFIGURATION = "dagster.yaml"
LOCK = "rtr.lock"
SETTINGS = """\
# Written by rtr. Runs are kept in SQLite files in this folder; nothing is sent to anybody.
telemetry:
  enabled: false
"""


def prepare_home(lake_root: str) -> Path:
    """The folder of the Dagster instance, ready for use: DAGSTER_HOME, else `.dagster` below the root of the lakehouse.

    A lakehouse in an object store keeps its runs in `.dagster` below the working directory: SQLite needs a disk.
    """
    named = os.environ.get(HOME_VARIABLE)
    base = Path.cwd() if "://" in lake_root else Path(lake_root)
    home = Path(named).expanduser().resolve() if named else (base / FOLDER).resolve()
    home.mkdir(parents=True, exist_ok=True)
    configuration = home / CONFIGURATION
    if not configuration.exists():
        configuration.write_text(SETTINGS)
    return home


def create_storage(lake_root: str) -> Path:
    """Create the instance's databases, where they are absent, before several processes open them at once.

    Dagster creates each on first use, and two processes that do so together break its version table: hence the lock.
    Returns the home.
    """
    home = prepare_home(lake_root)
    with (home / LOCK).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with dg.DagsterInstance.from_config(str(home)) as instance:
            instance.get_runs_count()
            instance.all_asset_keys()
            instance.all_instigator_state()
    return home


def open_instance(lake_root: str) -> dg.DagsterInstance:
    """The Dagster instance of a lakehouse; the caller disposes of it."""
    return dg.DagsterInstance.from_config(str(create_storage(lake_root)))
