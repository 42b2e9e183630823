"""The command `rtr`: thin, each command a file."""

import sys

from pipelines.memory import keep_all, keep_little

STREAMS = ("receive", "up")

if set(sys.argv[1:2]) & set(STREAMS) or "--follow" in sys.argv[1:]:
    keep_little()
else:
    keep_all()
