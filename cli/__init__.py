"""The command `rtr`: thin, each command a file."""

from pipelines.memory import keep_little

keep_little()
