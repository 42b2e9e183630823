"""What many tests share: a lakehouse in a temporary folder, and the folder of samples by others."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from lakehouse.store import Lakehouse
from tests.s3_server import S3Server, running_s3

# What commands print is not cut to the width of whatever terminal the tests run in.
os.environ["COLUMNS"] = "400"

# How long an example takes says something about the machine, not about the rule.
settings.register_profile("project", deadline=None)
settings.load_profile("project")

MANY_EXAMPLES = int(os.environ.get("RTR_EXAMPLES", "0"))
"""How many cases the laws of contracts are tried on by hand, before a release; a few where it is not set."""
if MANY_EXAMPLES:
    settings.register_profile("many", deadline=None, max_examples=MANY_EXAMPLES)
    settings.load_profile("many")

SHARED = Path(__file__).resolve().parents[2] / "shared"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--store", choices=("local", "s3"), default="local", help="Where the lakehouse of a test lies.")
    parser.addoption(
        "--vectors", type=Path, default=SHARED / "vectors" / "revenue_vectors.json", help="Published examples to reproduce."
    )


@pytest.fixture
def lake(tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Lakehouse:
    """An empty lakehouse: in a temporary folder, or with --store=s3 in a bucket of its own on moto's server."""
    if request.config.getoption("--store") == "local":
        return Lakehouse(tmp_path / "lake")
    if request.node.get_closest_marker("local_store"):
        pytest.skip("about files on this machine")
    server: S3Server = request.getfixturevalue("s3_server")
    for name, value in server.options.items():  # for what the test starts, as an operator would have them
        monkeypatch.setenv(name, value)
    return Lakehouse(f"s3://{server.new_bucket()}/lake", server.options)


@pytest.fixture(scope="session")
def s3_server() -> Iterator[S3Server]:
    with running_s3() as server:
        yield server


@pytest.fixture(scope="session")
def shared() -> Path:
    """Real payloads and tables by others; they are not part of the project."""
    if not SHARED.is_dir():
        pytest.skip("the folder ../shared with samples by others is not here")
    return SHARED
