"""Maintenance beside writers: no row is lost or doubled, and only what nobody needs is removed."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import polars as pl
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from cli.main import app
from lakehouse.commit import commit_staged
from lakehouse.errors import RtrError
from lakehouse.key_index import index_folder
from lakehouse.maintenance import Policy, maintain
from lakehouse.staging import GROUP_ROWS, stage
from lakehouse.store import Lakehouse
from lakehouse.tables import ops
from tests.lakehouse.facts import TABLE, customers

ROOT = Path(__file__).resolve().parents[2]
EAGER = Policy(min_files=3)
TWO_DAYS = 2 * 24 * 3600

LOOP = """
import sys
from lakehouse.maintenance import Policy, maintain
from lakehouse.store import Lakehouse
from tests.lakehouse.facts import TABLE
while True:
    maintain(Lakehouse(sys.argv[1]), TABLE, Policy(min_files=3))
"""


def files_of(lake: Lakehouse) -> dict[str, int]:
    root = Path(lake.uri(TABLE))
    return {str(path.relative_to(root)): path.stat().st_size for path in root.rglob("*") if path.is_file()}


def aged(lake: Lakehouse, path: str) -> Path:
    file = Path(lake.uri(TABLE)) / path
    os.utime(file, (time.time() - TWO_DAYS,) * 2)
    return file


def test_small_files_become_one_and_the_rows_stay(lake: Lakehouse) -> None:
    for n in range(6):
        lake.append(TABLE, customers(range(n * 10, n * 10 + 12)))
    before = lake.scan(TABLE).sort("row_key").collect()
    done = maintain(lake, TABLE, EAGER)
    assert (done.files_before, done.files_after, done.partitions) == (6, 1, 1)
    assert lake.scan(TABLE).sort("row_key").collect().equals(before)
    # What is known stays known, by the index at hand and by one made anew.
    again = lake.append(TABLE, customers(range(70)))
    assert (again.appended, again.duplicates) == (8, 62)
    shutil.rmtree(index_folder(lake, TABLE))
    assert lake.append(TABLE, customers(range(70))).duplicates == 70


@pytest.mark.local_store
def test_row_groups_stay_small(lake: Lakehouse) -> None:
    for n in range(3):
        lake.append(TABLE, customers(range(n * GROUP_ROWS, (n + 1) * GROUP_ROWS - 1)))
    maintain(lake, TABLE, EAGER)
    [path] = lake.data_files(TABLE).get_column("path")
    metadata = pq.ParquetFile(f"{lake.uri(TABLE)}/{path}").metadata
    assert metadata.num_row_groups == 3
    assert max(metadata.row_group(n).num_rows for n in range(3)) <= GROUP_ROWS


@pytest.mark.local_store
def test_a_dry_run_changes_nothing(lake: Lakehouse) -> None:
    for n in range(4):
        lake.append(TABLE, customers([n]))
    orphan = aged(lake, stage(lake, TABLE, customers([9]))[0].path)
    before = files_of(lake)
    done = maintain(lake, TABLE, EAGER, dry_run=True)
    assert (done.partitions, done.removed, done.files_after) == (1, 1, 4)
    assert {k: v for k, v in files_of(lake).items() if "_rtr_index" not in k} == {
        k: v for k, v in before.items() if "_rtr_index" not in k
    }
    assert orphan.exists()


@pytest.mark.local_store
def test_only_old_orphans_are_removed(lake: Lakehouse) -> None:
    lake.append(TABLE, customers(range(5)))
    old = aged(lake, stage(lake, TABLE, customers([7]))[0].path)
    (young,) = stage(lake, TABLE, customers([8]))
    index = sorted(path for path in files_of(lake) if path.startswith("_rtr_index"))
    maintain(lake, TABLE, EAGER)
    assert not old.exists()
    commit_staged(lake, TABLE, [young])  # a file on its way is not hurt
    assert lake.open(TABLE).count() == 6
    assert set(index) <= set(files_of(lake))


def test_versions_that_a_closed_period_rests_on_stay_readable(lake: Lakehouse) -> None:
    for n in range(4):
        lake.append(TABLE, customers([n]))
    version = lake.version(TABLE)
    assert version is not None
    moment = customers([0]).get_column("known_at")[0]
    entry = {
        **{"legal_entity_id": "e", "book": "us_gaap", "module": "revenue", "period": moment.date(), "sequence": 1},
        **{"action": "close", "preparer": "ada", "recorded_at": moment},
        "silver_cut": f'{{"{TABLE.qualified_name}": {version}}}',
    }
    lake.append(ops.PERIOD_LOG, ops.PERIOD_LOG.conform(pl.DataFrame([entry])))
    maintain(lake, TABLE, EAGER)
    for path in Path(lake.uri(TABLE)).rglob("part-*.parquet"):
        os.utime(path, (time.time() - TWO_DAYS,) * 2)
    maintain(lake, TABLE, EAGER)
    assert lake.scan(TABLE, version).collect().height == 4


def test_a_retention_that_could_take_a_file_on_its_way_is_refused() -> None:
    with pytest.raises(RtrError, match="RETENTION_TOO_SHORT"):
        Policy(orphan_hours=1)


@pytest.mark.slow
def test_maintenance_is_killed_while_writers_write(lake: Lakehouse) -> None:
    lake.ensure(TABLE)
    chance = random.Random(5)
    writers = [
        subprocess.Popen([sys.executable, "-m", "tests.lakehouse.writer", lake.root, str(seed), "60", "40"], cwd=ROOT)
        for seed in range(2)
    ]
    killed = 0
    while any(writer.poll() is None for writer in writers) or killed < 3:
        process = subprocess.Popen([sys.executable, "-c", LOOP, lake.root], cwd=ROOT)
        time.sleep(chance.uniform(0.9, 1.6))
        process.send_signal(signal.SIGKILL)
        killed += process.wait() == -signal.SIGKILL
    assert [writer.wait() for writer in writers] == [0, 0]
    keys = lake.scan(TABLE).collect().get_column("row_key")
    assert keys.is_unique().all()
    assert len(keys) == 59 * 20 + 40


def test_on_the_command_line(lake: Lakehouse) -> None:
    for n in range(4):
        lake.append(TABLE, customers([n]))
    run = ["maintain", "--lakehouse", lake.root, "--min-files", "3"]
    assert "silver.customers" in CliRunner().invoke(app, [*run, "--dry-run"]).output
    assert len(lake.open(TABLE).file_uris()) == 4
    assert CliRunner().invoke(app, [*run, "--table", "silver.customers"]).exit_code == 0
    assert len(lake.open(TABLE).file_uris()) == 1
    result = CliRunner().invoke(app, [*run, "--table", "silver.nothing"])
    assert isinstance(result.exception, RtrError)
