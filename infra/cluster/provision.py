"""Brings the engines onto this machine, through Maven and the Go module proxy, once.

They lie in a cache folder (`RTR_CLUSTER_CACHE`, else below the user's cache): `prism`, `flink/*.jar`, `kafka/*.jar`. Each
is complete or absent: a download that was cut off is begun again.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import uuid
import zipfile
from importlib.metadata import version
from pathlib import Path

HERE = Path(__file__).parent
PRISM_MODULE = "github.com/apache/beam/sdks/v2/go/cmd/prism"
JOB_SERVER = "org.apache.beam.runners.flink.FlinkJobServerDriver"
# What Flink reflects into (Flink's own configuration for Java 17).
OPENED = ("java.base/java.lang", "java.base/java.net", "java.base/java.nio", "java.base/java.time", "java.base/java.util")
TOOL_SECONDS = 900


class Unavailable(Exception):
    """An engine cannot be had here; the text says why."""


def cache_folder() -> Path:
    """Where the engines lie."""
    if named := os.environ.get("RTR_CLUSTER_CACHE"):
        return Path(named)
    return Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "realtime-revenue" / "cluster"


def prism() -> Path:
    """Beam's Prism runner of the installed version, built by Go; for `--prism_location`."""
    target = cache_folder() / f"prism-{version('apache-beam')}"
    if not target.exists():
        _require("go", "Install Go 1.25 or later.")
        folder = _fresh()
        _run(["go", "install", f"{PRISM_MODULE}@v{version('apache-beam')}"], os.environ | {"GOBIN": str(folder)})
        (folder / "prism").rename(target)
    return target


def kafka() -> Path:
    """Folder with the jars of a Kafka broker."""
    return _jars("kafka")


def flink() -> Path:
    """Folder with the jars of Flink and of Beam's runner for it; `job-server.jar` among them runs the job server."""
    folder = _jars("flink")
    server = folder / "job-server.jar"
    if not server.exists():
        jars = sorted(path.name for path in folder.glob("*.jar"))
        fresh = folder / f"{uuid.uuid4().hex}.tmp"
        with zipfile.ZipFile(fresh, "w") as jar:
            lines = [
                "Manifest-Version: 1.0",
                f"Main-Class: {JOB_SERVER}",
                f"Add-Opens: {' '.join(OPENED)}",
                f"Class-Path: {' '.join(jars)}",
            ]
            jar.writestr("META-INF/MANIFEST.MF", "\n".join(_folded(line) for line in lines) + "\n\n")
        fresh.rename(server)
    return folder


def _jars(name: str) -> Path:
    target = cache_folder() / name
    if not target.exists():
        _require("java", "Install a Java runtime, version 17.")
        _require("mvn", "Install Maven.")
        folder = _fresh()
        pom = str(HERE / f"{name}.xml")
        command = ["mvn", "-B", "-q", "-f", pom, "dependency:copy-dependencies", f"-DoutputDirectory={folder}"]
        _run([*command, "-DincludeScope=runtime"], dict(os.environ))
        folder.rename(target)
    return target


def _fresh() -> Path:
    folder = cache_folder() / f"{uuid.uuid4().hex}.tmp"
    folder.mkdir(parents=True)
    return folder


def _require(program: str, remedy: str) -> None:
    if shutil.which(program) is None:
        raise Unavailable(f"{program} is not installed. {remedy}")


def _run(command: list[str], environment: dict[str, str]) -> None:
    try:
        done = subprocess.run(
            command, env=environment, capture_output=True, text=True, timeout=TOOL_SECONDS, check=False, cwd=cache_folder()
        )
    except subprocess.TimeoutExpired as error:
        raise Unavailable(f"{command[0]} did not answer within {TOOL_SECONDS} s.") from error
    if done.returncode:
        lines = [line for line in (done.stderr + done.stdout).splitlines() if line.strip()]
        raise Unavailable(f"{' '.join(command[:4])} failed: {' '.join(lines[:3])[:500]}")


def _folded(line: str) -> str:
    """A manifest's lines are at most 72 bytes long; what goes on begins with a space."""
    pieces = [line[:70]]
    pieces += [line[start : start + 69] for start in range(70, len(line), 69)]
    return "\n ".join(pieces)
