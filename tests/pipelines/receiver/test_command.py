"""`rtr receive`: what --check judges, a clean end, a process beside others, and that nothing secret is told."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner, Result

from cli.main import app
from lakehouse.errors import RtrError
from pipelines.receiver.config import config_from
from pipelines.receiver.serve import beside
from tests.pipelines.receiver.support import ENVIRONMENT, SECRET, Running, bearer, segments
from tests.pipelines.receiver.test_killed import ROOT, free_port

CONFIG = """
sources:
  stripe: {system: stripe, secrets: [{env: FIRST}, {env: SECOND, not_after: 2020-01-01}]}
  erp: {system: native, verify: bearer, secrets: [{env: FIRST}]}
  events: {verify: bearer, secrets: [{env: FIRST}]}
"""


def rtr(*arguments: object, **environment: str) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments], env={"COLUMNS": "250", **environment})


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "receiver.yaml"
    path.write_text(CONFIG)
    return path


def wait_until_it_answers(port: int) -> None:
    deadline = time.monotonic() + 60
    while True:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5)
            return
        except (urllib.error.URLError, OSError):
            assert time.monotonic() < deadline
            time.sleep(0.05)


def test_check_prints_the_addresses_and_names_secrets_without_showing_them(config: Path, tmp_path: Path) -> None:
    result = rtr("receive", "--config", config, "--spool", tmp_path / "spool", "--check", "--port", "8443", **ENVIRONMENT)
    assert result.exit_code == 0
    assert "http://127.0.0.1:8443/webhooks/stripe" in result.output
    assert "http://127.0.0.1:8443/events" in result.output
    assert "environment variable FIRST" in result.output
    assert "expired" in result.output
    assert not any(secret in result.output for secret in ENVIRONMENT.values())


def test_check_refuses_what_cannot_be_served(config: Path, tmp_path: Path) -> None:
    missing = rtr("receive", "--config", config, "--spool", tmp_path / "spool", "--check")
    assert isinstance(missing.exception, RtrError)
    assert "FIRST" in missing.exception.message
    no_spool = rtr("receive", "--config", config, "--check", **ENVIRONMENT)
    assert isinstance(no_spool.exception, RtrError)
    assert no_spool.exception.code == "SPOOL_UNUSABLE"
    a_file = rtr("receive", "--config", config, "--spool", config, "--check", **ENVIRONMENT)
    assert isinstance(a_file.exception, RtrError)
    config.write_text(CONFIG.replace("{env: FIRST}", "{env: FIRST, not_after: 2020-01-01}"))
    expired = rtr("receive", "--config", config, "--spool", tmp_path / "spool", "--check", **ENVIRONMENT)
    assert isinstance(expired.exception, RtrError)
    assert expired.exception.code == "SECRETS_EXPIRED"


@pytest.mark.slow
def test_sigterm_ends_it_cleanly_and_nothing_secret_was_told(config: Path, tmp_path: Path) -> None:
    port, spool, log = free_port(), tmp_path / "spool", tmp_path / "log"
    command = [sys.executable, "-m", "cli.main", "receive", "--config", config, "--spool", spool, "--port", str(port)]
    with log.open("wb") as file:
        process = subprocess.Popen(
            [*command, "--access-log"], cwd=ROOT, env=os.environ | ENVIRONMENT, stdout=file, stderr=file
        )
        try:
            wait_until_it_answers(port)
            receiver = Running(port, spool)
            assert receiver.post("/webhooks/erp?token=in-the-query", b'{"a": 1}', bearer())[0] == 200
            assert receiver.post("/webhooks/erp", b'{"a": 1}', bearer("a-forged-token"))[0] == 401
            assert receiver.post("/webhooks/a-secret-path", b'{"a": 1}', bearer())[0] == 404
            answers = "".join(str(receiver.send("GET", path)) for path in ("/metrics", "/readyz", "/healthz"))
            process.send_signal(signal.SIGTERM)
            assert process.wait(30) == 0
        finally:
            process.kill()
    told = log.read_text()
    assert "POST erp 200" in told
    assert "POST erp 401" in told
    assert "POST unknown 404" in told
    for hidden in (*ENVIRONMENT.values(), "in-the-query", "a-forged-token", "a-secret-path", "Bearer"):
        assert hidden not in told
        assert hidden not in answers
    assert [path.read_bytes() for path in segments(spool, "erp")] == [b'{"a": 1}\n']


@pytest.mark.slow
def test_it_runs_in_a_process_beside_others(config: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    port = free_port()
    process = beside(config, tmp_path / "spool", "127.0.0.1", port)
    try:
        wait_until_it_answers(port)
        assert Running(port, tmp_path / "spool").post("/webhooks/erp", b"{}", bearer(SECRET))[0] == 200
        process.terminate()
        process.join(30)
        assert process.exitcode == 0
    finally:
        process.kill()


def test_a_port_that_is_taken_is_told(config: Path, tmp_path: Path) -> None:
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        result = rtr("receive", "--config", config, "--spool", tmp_path / "spool", "--port", port, **ENVIRONMENT)
    assert isinstance(result.exception, RtrError)
    assert result.exception.code == "ADDRESS_UNUSABLE"


def test_the_configuration_of_the_page_is_one() -> None:
    text = (ROOT / "pipelines" / "receiver" / "README.md").read_text()
    given = yaml.safe_load(text.split("```yaml\n")[1].split("```")[0])
    given["sources"]["stripe"]["secrets"].pop()  # a file that only a container has
    names = [secret["env"] for source in given["sources"].values() for secret in source["secrets"]]
    config = config_from(given, dict.fromkeys(names, "x"))
    assert {name: source.path for name, source in config.sources.items()} == {
        "stripe": "/webhooks/stripe",
        "shop": "/webhooks/shop",
        "billing": "/webhooks/billing",
        "erp": "/webhooks/erp",
        "events": "/events",
    }
