"""The site as it is served, and a small, quick client for it."""

import http.client
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

HOST, PORT = "127.0.0.1", int(os.environ.get("BENCH_PORT", "8171"))
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
COOKIE = re.compile(r"csrftoken=([^;]+)")


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
