"""The site as it is served, and a small, quick client for it."""

import http.client
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

HOST, PORT = "127.0.0.1", int(os.environ.get("BENCH_PORT", "8171"))
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)
LOCATION = re.compile(rb"location: *([^\r]+)", re.IGNORECASE)


@contextmanager
def served(*, workers: int = 2) -> Iterator[int]:
    """Serve the bench database while the block runs; yields the server's process id.

    Nothing is switched off: the clients have different addresses, which the server believes
    because it is told that one proxy stands before it.
    """
    environ = {**os.environ, "LIREN_PROXIES": "1", "LIREN_HTTPS": "0", "LIREN_LOG_LEVEL": "ERROR"}
    liren = Path(sys.executable).parent / "liren"
    server = subprocess.Popen(
        [liren, "serve", "--port", str(PORT), "--workers", str(workers)],
        env=environ,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        deadline = time.monotonic() + 240
        while True:
            if server.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError("the server did not start")
            try:
                if Browser(0).get("/healthz")[0] == 200:
                    break
            except OSError:
                time.sleep(0.3)
        yield server.pid
    finally:
        server.terminate()
        server.wait(60)


def form(fields: dict[str, str]) -> tuple[bytes, str]:
    """A form as a browser sends one that may carry photos."""
    edge = "----liren-bench-edge"
    parts = [
        f'--{edge}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in fields.items()
    ]
    return ("".join(parts) + f"--{edge}--\r\n").encode(), f"multipart/form-data; boundary={edge}"


class Sender:
    """Sends forms over one kept connection and looks at the answer's head: next to no work.

    The machine is shared with the server: what the client takes, the server lacks.
    """

    def __init__(self) -> None:
        self.socket = socket.create_connection((HOST, PORT), timeout=60)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def post(self, path: str, body: bytes, headers: dict[str, str]) -> tuple[int, str, str]:
        """Status, where it leads, and what came, of one POST."""
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        head = (
            f"POST {path} HTTP/1.1\r\nHost: {HOST}:{PORT}\r\n"
            f"Content-Length: {len(body)}\r\n{lines}\r\n"
        )
        self.socket.sendall(head.encode() + body)
        came = b""
        while b"\r\n\r\n" not in came:
            more = self.socket.recv(65536)
            if not more:
                raise ConnectionError("the server hung up")
            came += more
        top, _, rest = came.partition(b"\r\n\r\n")
        found = LENGTH.search(top)
        missing = (int(found[1]) if found else 0) - len(rest)
        while missing > 0:
            more = self.socket.recv(65536)
            rest, missing = rest + more, missing - len(more)
        location = LOCATION.search(top)
        where = location[1].decode() if location else ""
        return int(top[9:12]), where, rest.decode(errors="replace")


def processor_seconds(of: set[int]) -> float:
    """Processor seconds used so far by these processes and all they have started."""
    parents, ticks = {}, {}
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            fields = (entry / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        parents[int(entry.name)] = int(fields[1])
        # Its own, and those of children that have ended.
        ticks[int(entry.name)] = sum(map(int, fields[11:15]))
    total = 0
    for process in ticks:
        above = process
        while above and above not in of:
            above = parents.get(above, 0)
        if above:
            total += ticks[process]
    return total / os.sysconf("SC_CLK_TCK")


def started_by(process: int) -> dict[int, str]:
    """The processes a process has started itself, with their command lines."""
    found = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
                if int(fields[1]) == process:
                    command = (entry / "cmdline").read_bytes().replace(b"\0", b" ")
                    found[int(entry.name)] = command.decode(errors="replace")
            except OSError:
                continue
    return found


class Browser:
    """One browser: an address, a name, cookies, one connection kept alive."""

    def __init__(self, number: int) -> None:
        self.connection = http.client.HTTPConnection(HOST, PORT, timeout=60)
        self.cookies: dict[str, str] = {}
        self.token = ""
        self.move(number)

    def move(self, number: int) -> None:
        """Become somebody at another address."""
        a, b, c = number >> 16 & 255, number >> 8 & 255, number & 255
        self.headers = {"X-Forwarded-For": f"10.{a}.{b}.{c}", "User-Agent": f"bench/{number}"}

    def _ask(self, method: str, path: str, body: bytes | None, kind: str) -> tuple[int, str, str]:
        headers = dict(self.headers)
        if self.cookies:
            headers["Cookie"] = "; ".join(f"{k}={v}" for k, v in self.cookies.items())
        if kind:
            headers["Content-Type"] = kind
            headers["Referer"] = f"http://{HOST}:{PORT}/"
        self.connection.request(method, path, body, headers)
        answer = self.connection.getresponse()
        text = answer.read().decode()
        for name, value in answer.getheaders():
            if name.lower() == "set-cookie":
                key, _, rest = value.partition("=")
                self.cookies[key] = rest.partition(";")[0]
        return answer.status, answer.getheader("Location", ""), text

    def get(self, path: str) -> tuple[int, str, str]:
        """Status, where it leads, and the page."""
        status, location, text = self._ask("GET", path, None, "")
        found = TOKEN.findall(text)
        if found:
            self.token = found[-1]
        return status, location, text

    def post(self, path: str, fields: dict[str, str]) -> tuple[int, str, str]:
        """Send a form with this browser's token."""
        body, kind = form({"csrfmiddlewaretoken": self.token, **fields})
        return self._ask("POST", path, body, kind)


def machine_seconds() -> float:
    """Processor seconds the whole machine has worked so far, everybody's."""
    for line in Path("/proc/stat").read_text().splitlines():
        if line.startswith("cpu "):
            ticks = list(map(int, line.split()[1:]))
            # User, nice, system, interrupts, stolen; without idle and waiting.
            return (sum(ticks[:3]) + sum(ticks[5:8])) / os.sysconf("SC_CLK_TCK")
    return 0.0
