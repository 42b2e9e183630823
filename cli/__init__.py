"""The command `rtr`: thin, each command a file."""
