"""A logger that says nothing: a run in a terminal is watched in the Dagster UI, where every event of it is kept."""

from __future__ import annotations

import logging

import dagster as dg

QUIET = "quiet"


@dg.logger
def quiet_logger(_: dg.InitLoggerContext) -> logging.Logger:
    """Nothing on the terminal; the events of a run are in the UI."""
    logger = logging.Logger(QUIET, logging.CRITICAL)
    logger.addHandler(logging.NullHandler())
    return logger
