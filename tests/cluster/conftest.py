"""Engines for the tests, or the reason why there are none."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from infra.cluster import provision


def engine(provide: Callable[[], Path]) -> Path:
    """The engine, brought here where it is not; where it cannot be had, the test is skipped and says why.

    RTR_CLUSTER_REQUIRED makes that a failure.
    """
    try:
        return provide()
    except provision.Unavailable as error:
        if os.environ.get("RTR_CLUSTER_REQUIRED"):
            raise
        pytest.skip(f"the engine cannot be had here: {error}")


@pytest.fixture(scope="session")
def prism() -> Path:
    return engine(provision.prism)


@pytest.fixture(scope="session")
def flink() -> Path:
    return engine(provision.flink)


@pytest.fixture(scope="session")
def kafka() -> Path:
    return engine(provision.kafka)
