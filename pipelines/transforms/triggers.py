"""When what an unbounded input brought is committed."""

from __future__ import annotations

import math

import apache_beam as beam
from apache_beam.transforms import trigger
from apache_beam.transforms.window import GlobalWindows


def every(seconds: float) -> beam.WindowInto:
    """Groups of what came in such a time. Beam for Python counts it in whole seconds: more precise ones are rounded up."""
    return beam.WindowInto(
        GlobalWindows(),
        trigger=trigger.Repeatedly(trigger.AfterProcessingTime(math.ceil(seconds))),
        accumulation_mode=trigger.AccumulationMode.DISCARDING,
    )
