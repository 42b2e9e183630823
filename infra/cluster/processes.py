"""Processes that are started for a while: their ports, their logs, and their end."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path


def free_port() -> int:
    """A port of this machine that nobody listens at."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


class Service:
    """One process in a group of its own, with a log; killed with all its children at the end."""

    def __init__(self, name: str, command: list[str], folder: Path, environment: dict[str, str] | None = None) -> None:
        self.name = name
        self.command = command
        self.log = folder / f"{name}.log"
        self._environment = os.environ | (environment or {})
        self._folder = folder
        self.process = self._start()

    def _start(self) -> subprocess.Popen[bytes]:
        with self.log.open("ab") as log:
            return subprocess.Popen(
                self.command, stdout=log, stderr=log, cwd=self._folder, env=self._environment, start_new_session=True
            )

    def kill(self) -> None:
        """SIGKILL to the process and to its children."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def restart(self) -> None:
        self.kill()
        self.process = self._start()

    def tail(self, lines: int = 40) -> str:
        """The end of the log, for whoever looks for the reason of a failure."""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])

    def wait_until(self, ready: Callable[[], bool], seconds: float = 60.0) -> None:
        """Return when it is ready; RuntimeError with the end of its log when it died or took too long."""
        deadline = time.monotonic() + seconds
        while not ready():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"{self.name} did not start:\n{self.tail()}")
            time.sleep(0.1)

    def listens(self, port: int) -> Callable[[], bool]:
        def connects() -> bool:
            with socket.socket() as probe:
                probe.settimeout(1)
                return probe.connect_ex(("127.0.0.1", port)) == 0

        return connects


def java(classpath: Path, main: str, *arguments: str, memory: str = "512m", opens: tuple[str, ...] = ()) -> list[str]:
    """A command that runs a class of a folder of jars."""
    opened = [f"--add-opens={module}=ALL-UNNAMED" for module in opens]
    return ["java", f"-Xmx{memory}", *opened, "-cp", f"{classpath}/*", main, *arguments]
