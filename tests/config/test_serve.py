"""`liren serve` as an operator meets it: a real process, real signals, its own database."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from django.db import connection

from liren.config import paths, postgres, serve


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def environ(transactional_db: None, tmp_path: Path) -> dict[str, str]:
    """The migrated test database as DATABASE_URL, files in a directory of their own."""
    (tmp_path / "var").mkdir()
    (tmp_path / "var" / "assets").symlink_to(paths.ASSETS_DIR)
    url = postgres.ensure().conninfo(dbname=connection.settings_dict["NAME"])
    kept = {key: value for key, value in os.environ.items() if not key.startswith("LIREN_")}
    return {**kept, "DATABASE_URL": url, "LIREN_VAR": str(tmp_path / "var"), "LIREN_DEMO": "1"}


@contextmanager
def serving(environ: dict[str, str], *options: str) -> Iterator[tuple[subprocess.Popen[str], int]]:
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "liren.cli", "serve", f"--port={port}", "--workers=1", *options],
        env=environ,
        stdout=subprocess.DEVNULL,
        text=True,
    )
    try:
        deadline = time.monotonic() + 60
        while process.poll() is None and time.monotonic() < deadline and not get(port)[0]:
            time.sleep(0.1)
        yield process, port
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        process.wait(30)


def get(port: int, path: str = "healthz") -> tuple[int, dict[str, str], bytes]:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/{path}", timeout=5) as answer:
            return answer.status, dict(answer.headers), answer.read()
    except urllib.error.HTTPError as error:
        return error.code, dict(error.headers), error.read()
    except OSError:
        return 0, {}, b""


@pytest.mark.django_db(transaction=True)
def test_it_serves_pages_runs_jobs_and_stops_cleanly(environ: dict[str, str]) -> None:
    with serving(environ) as (process, port):
        status, headers, body = get(port)
        assert (status, body) == (200, b"ok\n")
        policy = headers["content-security-policy"]
        assert "script-src 'self'" in policy
        assert "unsafe" not in policy
        assert headers["x-content-type-options"] == "nosniff"

        status, headers, _ = get(port, "static/vendor/htmx.min.js")
        assert status == 200
        assert get(port, "static/fonts/NotoSansSC-Regular.ttf")[0] == 404

        with psycopg.connect(environ["DATABASE_URL"]) as database:
            deadline = time.monotonic() + 30
            workers = 0
            while not workers and time.monotonic() < deadline:
                row = database.execute("SELECT count(*) FROM procrastinate_workers").fetchone()
                database.rollback()
                workers = row[0] if row else 0
            assert workers == 1

        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 0
        assert get(port)[0] == 0


@pytest.mark.django_db(transaction=True)
def test_a_port_in_use_is_said_and_nothing_is_started(environ: dict[str, str]) -> None:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        done = subprocess.run(
            [sys.executable, "-m", "liren.cli", "serve", f"--port={holder.getsockname()[1]}"],
            env=environ,
            capture_output=True,
            text=True,
        )
    assert done.returncode == 1
    assert "in use" in done.stderr


def test_a_database_without_its_tables_is_refused(tmp_path: Path) -> None:
    private = postgres.ensure()
    name = "liren_unmigrated"
    with psycopg.connect(private.conninfo(dbname="postgres"), autocommit=True) as server:
        server.execute(f"DROP DATABASE IF EXISTS {name}")  # type: ignore[call-overload]
        server.execute(f"CREATE DATABASE {name}")  # type: ignore[call-overload]
        try:
            done = subprocess.run(
                [sys.executable, "-m", "liren.cli", "serve", f"--port={free_port()}"],
                env={
                    **os.environ,
                    "DATABASE_URL": private.conninfo(dbname=name),
                    "LIREN_VAR": str(tmp_path),
                },
                capture_output=True,
                text=True,
            )
        finally:
            server.execute(f"DROP DATABASE {name}")  # type: ignore[call-overload]
    assert done.returncode == 1
    assert "liren setup-db" in done.stderr


def test_the_address_shown_can_be_opened() -> None:
    for host, shown in {
        "127.0.0.1": "http://localhost:1/",
        "0.0.0.0": "http://localhost:1/",
        "::1": "http://[::1]:1/",
        "10.0.0.7": "http://10.0.0.7:1/",
    }.items():
        options = serve.arguments(["--host", host, "--port", "1"])
        assert serve.Supervisor(options)._address() == shown
