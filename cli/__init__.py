"""The command `rtr`: thin, each command a file."""

import sys

from pipelines.memory import keep_little

# Those that run for days. What computes once and ends is a tenth faster with memory at hand (`rtr bench recognise`).
STREAMS = ("ingest", "receive", "up")

if sys.argv[1:2] and sys.argv[1] in STREAMS:
    keep_little()
