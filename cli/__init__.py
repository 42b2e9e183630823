"""The command `rtr`: thin, each command a file."""

import sys

from pipelines.memory import keep_all, keep_little

STREAMS = (["receive"], ["up"])
BULK_LOADS = (["ingest"], ["bench", "ingest"])


def _is_one_of(commands: tuple[list[str], ...]) -> bool:
    return any(sys.argv[1 : 1 + len(words)] == words for words in commands)


if _is_one_of(STREAMS) or "--follow" in sys.argv[1:]:
    keep_little()
elif _is_one_of(BULK_LOADS):
    keep_all()
