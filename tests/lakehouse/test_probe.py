"""A store is trusted with commits only if it refuses to create an object twice."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from typer.testing import CliRunner

from cli.main import app
from lakehouse.errors import RtrError
from lakehouse.probe import require_conditional_puts
from lakehouse.store import Lakehouse
from tests.s3_server import S3Server, options_for


class Careless(BaseHTTPRequestHandler):
    """An S3 that takes every put, whatever its condition."""

    status = 200

    def do_PUT(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self._answer(self.status)

    def do_DELETE(self) -> None:
        self._answer(204)

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self._answer(200, b"<DeleteResult/>")

    def _answer(self, status: int, body: bytes = b"") -> None:
        self.send_response(status)
        self.send_header("ETag", '"0"')
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        return


class Locked(Careless):
    """An S3 that lets nobody in."""

    status = 403


@contextmanager
def serving(handler: type[BaseHTTPRequestHandler]) -> Iterator[Lakehouse]:
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        port = server.server_address[1]
        yield Lakehouse(f"s3://bucket-{port}/lake", options_for(port))
        server.shutdown()
        thread.join()


def test_a_store_that_ignores_the_condition_is_refused() -> None:
    with serving(Careless) as lake, pytest.raises(RtrError, match="replaced an object") as refused:
        require_conditional_puts(lake)
    assert refused.value.code == "STORE_UNSAFE"


def test_a_store_that_cannot_be_written_is_told_apart() -> None:
    with serving(Locked) as lake, pytest.raises(RtrError) as refused:
        require_conditional_puts(lake)
    assert refused.value.code == "ROOT_NOT_WRITABLE"
    assert "test" not in refused.value.message.replace("test-", "")  # the credentials of the test are not told


def test_a_store_that_keeps_it_is_probed_once(s3_server: S3Server) -> None:
    lake = Lakehouse(f"s3://{s3_server.new_bucket()}/lake", s3_server.options)
    require_conditional_puts(lake)
    bucket = lake.root.removeprefix("s3://").partition("/")[0]
    assert s3_server.client.list_objects_v2(Bucket=bucket)["KeyCount"] == 0
    require_conditional_puts(lake)


def test_an_ingest_refuses_such_a_store(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(Careless) as lake:
        for name, value in lake.storage_options.items():
            monkeypatch.setenv(name, value)
        done = CliRunner().invoke(app, ["ingest", "--system", "native", "--path", "x.jsonl", "--lakehouse", lake.root])
    assert isinstance(done.exception, RtrError)
    assert done.exception.code == "STORE_UNSAFE"
