"""`liren serve`: the web server and the job worker as two children of one small parent.

The parent starts both, restarts the worker if it dies, gives up if the web server dies, and on
SIGINT or SIGTERM stops both and, if it was the one to start it, the private PostgreSQL.
"""

from __future__ import annotations

import argparse
import ctypes
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from types import FrameType

GRACE = 20
"""Seconds the children get to finish what they are doing."""


def arguments(words: Sequence[str]) -> argparse.Namespace:
    """Read the command line of `liren serve`."""
    parser = argparse.ArgumentParser(
        prog="liren serve", description="Serve the site and run its background jobs."
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (%(default)s)")
    parser.add_argument("--port", type=int, default=8000, help="port to listen on (%(default)s)")
    parser.add_argument(
        "--workers",
        type=int,
        default=min(8, os.cpu_count() or 2),
        help="web processes (%(default)s, by the number of cores)",
    )
    parser.add_argument(
        "--threads",
        type=int,
        default=4,
        help="requests one web process handles at a time, each with its own database connection "
        "(%(default)s)",
    )
    parser.add_argument("--jobs", type=int, default=4, help="jobs run at a time (%(default)s)")
    parser.add_argument("--no-jobs", action="store_true", help="run no job worker")
    parser.add_argument(
        "--access-log", action="store_true", help="write one line a request to standard error"
    )
    return parser.parse_args(words)


def serve(words: Sequence[str]) -> int:
    """Serve until told to stop; 0 after a clean stop, 1 if the web server failed."""
    from liren.config import messages, paths, postgres

    options = arguments(words)
    if _taken(options.host, options.port):
        print(f"Port {options.port} is in use: choose another with --port.", file=sys.stderr)
        return 1
    cluster = None if os.environ.get("DATABASE_URL") else postgres.Cluster(paths.VAR_DIR)
    found_running = cluster is not None and cluster.pid() is not None
    postgres.ensure()
    try:
        messages.compile_all(paths.SOURCE_DIR)
        if not _prepare():
            return 1
        return Supervisor(options).run()
    finally:
        if cluster is not None and not found_running:
            cluster.stop()


def _prepare() -> bool:
    """Collect the static files, refuse a faulty schema and a database behind the code."""
    import django
    from django.conf import settings

    django.setup()
    from django.core.management import call_command
    from django.core.management.base import SystemCheckError
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    from liren.config import static

    try:
        # The guard-rails in the schema (liren.people.checks) hold in production too.
        call_command("check", verbosity=0)
    except SystemCheckError as error:
        print(error, file=sys.stderr)
        return False
    executor = MigrationExecutor(connection)
    behind = executor.migration_plan(executor.loader.graph.leaf_nodes())
    connection.close()
    if behind:
        print(
            f"The database is {len(behind)} migrations behind the program: run `liren setup-db`.",
            file=sys.stderr,
        )
        return False
    if not settings.DEBUG:
        static.collect()
    return True


def _taken(host: str, port: int) -> bool:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return True
    return False


def _die_with_parent() -> None:
    """Ask Linux to end this child when its parent is killed outright; elsewhere do nothing."""
    if sys.platform == "linux":
        set_parent_death_signal = 1
        ctypes.CDLL(None).prctl(set_parent_death_signal, signal.SIGTERM)


class Supervisor:
    """The two children and the signals that end them."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.options = options
        self.stopping = threading.Event()

    def web_command(self) -> list[str]:
        """The web server's command line."""
        options = self.options
        command = [sys.executable, "-m", "granian", "--interface", "wsgi"]
        command += ["--host", options.host, "--port", str(options.port)]
        command += ["--workers", str(options.workers), "--blocking-threads", str(options.threads)]
        command += ["--respawn-failed-workers", "--log-level", "warning"]
        command += ["--workers-kill-timeout", str(GRACE // 2)]
        if options.access_log:
            command += ["--access-log", "--log-level", "info"]
        return [*command, "liren.config.wsgi:application"]

    def jobs_command(self) -> list[str]:
        """The job worker's command line."""
        command = [sys.executable, "-m", "liren.cli", "procrastinate", "worker"]
        command += ["--concurrency", str(self.options.jobs)]
        return [*command, "--shutdown-graceful-timeout", str(GRACE // 2)]

    def run(self) -> int:
        """Start both and stay until a signal or the web server's end."""

        def stop(number: int, frame: FrameType | None) -> None:
            self.stopping.set()

        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, stop)
        threads = str(self.options.threads)
        web = self._start(self.web_command(), LIREN_SERVING="1", LIREN_DB_POOL=threads)
        jobs = None if self.options.no_jobs else self._start(self.jobs_command())
        jobs_started = time.monotonic()
        announced = False
        code = 0
        while not self.stopping.wait(0.2):
            if web.poll() is not None:
                print(f"The web server ended with code {web.returncode}.", file=sys.stderr)
                code = 1
                break
            if not announced and _answers(self.options.host, self.options.port):
                announced = True
                print(f"\n  里仁 Liren: {self._address()}   (Ctrl-C stops it)\n", flush=True)
            lived = time.monotonic() - jobs_started
            if jobs is not None and jobs.poll() is not None and lived > 5:
                print(f"The job worker ended with code {jobs.returncode}: restarting it.")
                jobs, jobs_started = self._start(self.jobs_command()), time.monotonic()
        for child in (web, jobs):
            if child is not None and child.poll() is None:
                child.terminate()
        for child in (web, jobs):
            if child is not None:
                try:
                    child.wait(GRACE)
                except subprocess.TimeoutExpired:
                    child.kill()
                    child.wait()
        return code

    def _start(self, command: list[str], **environ: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            command,
            env={**os.environ, **environ},
            stdin=subprocess.DEVNULL,
            # Its own session: Ctrl-C reaches the parent only, which then stops both in order.
            start_new_session=True,
            preexec_fn=_die_with_parent,
        )

    def _address(self) -> str:
        host = self.options.host
        host = {"0.0.0.0": "localhost", "::": "localhost", "127.0.0.1": "localhost"}.get(host, host)  # noqa: S104 - shown, not bound
        return f"http://{f'[{host}]' if ':' in host else host}:{self.options.port}/"


def _answers(host: str, port: int) -> bool:
    target = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - compared, not bound
    try:
        with socket.create_connection((target, port), timeout=0.5):
            return True
    except OSError:
        return False
