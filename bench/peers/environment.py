"""A virtual environment for each peer, made on demand and kept while its pinned versions stay the same."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from bench.peers.peer import NotRunError, Peer

INSTALL_SECONDS = 1200


def python_of(peer: Peer, folder: Path) -> Path:
    """The peer's own Python below `folder`, installed if it is not there yet."""
    environment = folder / "venv"
    python, ready = environment / "bin" / "python", environment / ".ready"
    wanted = "\n".join(peer.requirements)
    if not ready.exists() or ready.read_text() != wanted:
        shutil.rmtree(environment, ignore_errors=True)
        _call([sys.executable, "-m", "venv", str(environment)])
        _call([str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *peer.requirements])
        ready.write_text(wanted)
    return python.absolute()


def _call(command: list[str]) -> None:
    try:
        subprocess.run(command, check=True, capture_output=True, text=True, timeout=INSTALL_SECONDS)
    except subprocess.CalledProcessError as error:
        raise NotRunError(f"cannot be installed: {last_line(error.stderr)}") from error
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NotRunError(f"cannot be installed: {error}") from error


def last_line(text: str) -> str:
    """The line that names the fault, both of pip and of a traceback."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1][:300] if lines else "no message"
