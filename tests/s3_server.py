"""An S3 of our own: moto's server in a process of its own (in this one, the GIL would hold up whoever waits for it)."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import boto3

START_SECONDS = 30.0


@dataclass(frozen=True)
class S3Server:
    """Where it answers."""

    port: int

    @property
    def options(self) -> dict[str, str]:
        """What the environment of an operator would hold."""
        return options_for(self.port)

    @property
    def client(self) -> Any:
        o = self.options
        return boto3.client(
            "s3",
            endpoint_url=o["AWS_ENDPOINT_URL"],
            aws_access_key_id=o["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=o["AWS_SECRET_ACCESS_KEY"],
            region_name=o["AWS_REGION"],
        )

    def new_bucket(self) -> str:
        name = f"rtr-{uuid.uuid4().hex[:16]}"
        self.client.create_bucket(Bucket=name)
        return name


def options_for(port: int) -> dict[str, str]:
    return {
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_REGION": "us-east-1",
        "AWS_ALLOW_HTTP": "true",
    }


@contextmanager
def running_s3() -> Iterator[S3Server]:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            _wait_for(port)
            yield S3Server(port)
        finally:
            process.terminate()


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)
