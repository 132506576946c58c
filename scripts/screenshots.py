"""Take a picture of every screen into var/screenshots: nobody has to remember to add one.

Builds the demonstration community in a database of its own, serves it, signs in as each made-up
person in turn and follows links from their first page. Of each view one example per person is
pictured, at phone and desk width. With --axe each page is also checked for accessibility and for
being wider than its window, and faults end the run with an error. Then the journeys of the tests
are run with pictures on (var/screenshots/journeys): screens that only come after doing something.
"""

import argparse
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urljoin, urlsplit

from liren.config.paths import BASE_DIR, VAR_DIR

sys.path.insert(0, str(BASE_DIR))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "liren.config.settings")

import django
from django.urls import Resolver404, resolve
from playwright.sync_api import Browser, Error, Page, sync_playwright
from tests.browser import SIZES, faults, launch

ROLES = ["nobody", "resident", "unit", "building", "grid", "worker", "secretary", "officer"]
ROLES += ["department", "institution", "partner"]
ENVIRON = {**os.environ, "LIREN_DEMO": "1", "LIREN_DATABASE": "liren_screenshots"}


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--role", action="append", choices=ROLES, help="only this person")
    parser.add_argument("--view", default="", help="only views whose name matches this pattern")
    parser.add_argument("--width", action="append", choices=SIZES, help="only this width")
    parser.add_argument("--english", action="store_true", help="in English")
    parser.add_argument("--dark", action="store_true", help="in dark mode")
    parser.add_argument("--large", action="store_true", help="in large type")
    parser.add_argument("--axe", action="store_true", help="check each page, fail on faults")
    parser.add_argument("--base", help="a site that is served already, instead of our own")
    parser.add_argument("--no-journeys", action="store_true", help="leave out the journeys")
    return parser.parse_args()


@contextmanager
def served() -> Iterator[str]:
    """The address of a freshly built demonstration."""
    liren = [sys.executable, "-m", "liren.cli"]
    for command in (["setup-db"], ["demo"]):
        subprocess.run([*liren, *command], env=ENVIRON, check=True)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    base = f"http://localhost:{port}"
    command = [*liren, "serve", f"--port={port}", "--no-jobs"]
    server = subprocess.Popen(command, env=ENVIRON, stdout=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + 120
        while True:
            try:
                urllib.request.urlopen(f"{base}/healthz", timeout=5)  # noqa: S310 - our own
                break
            except OSError:
                if server.poll() is not None or time.monotonic() > deadline:
                    raise SystemExit("The server did not start.") from None
                time.sleep(0.2)
        yield base
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(60)


def view_of(url: str) -> str:
    """The name of the view behind an address, "" for what is no page of ours."""
    try:
        match = resolve(urlsplit(url).path)
    except Resolver404:
        return ""
    return str(match.view_name or match.func.__name__)


def links(page: Page, base: str) -> list[str]:
    """Addresses of pages this one leads to, each once."""
    found = page.eval_on_selector_all("a[href]:not([download])", "all => all.map(a => a.href)")
    kept = (urljoin(base, str(link)).partition("#")[0] for link in found)
    return list(dict.fromkeys(link for link in kept if link.startswith(base + "/")))


def sign_in(page: Page, base: str, role: str) -> str:
    """Click the demonstration's button; the address it led to."""
    page.goto(f"{base}/")
    if role == "nobody":
        return page.url
    with page.expect_navigation():
        page.locator(f"form[action$='/demo/sign-in/{role}/'] [type=submit]").first.click()
    return page.url


def walk(page: Page, base: str, role: str) -> dict[str, str]:
    """One address for each view this person comes to by links, with GET requests only."""
    waiting = [sign_in(page, base, role)]
    found: dict[str, str] = {}
    while waiting:
        url = waiting.pop(0)
        view = view_of(url)
        if not view or view in found:
            continue
        try:
            answer = page.goto(url)
        except Error:
            continue  # a file to download
        kind = answer.headers.get("content-type", "") if answer else ""
        if not answer or "text/html" not in kind:
            continue
        landed = view_of(page.url)
        found[view] = url
        if landed and landed != view:
            found.setdefault(landed, page.url)
        waiting += links(page, base)
    return found


def shoot(browser: Browser, base: str, chosen: argparse.Namespace) -> int:
    """Take the pictures; the number of faults found."""
    folder = VAR_DIR / "screenshots"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    count = bad = 0
    for role in chosen.role or ROLES:
        context = browser.new_context(
            locale="en" if chosen.english else "zh-CN",
            color_scheme="dark" if chosen.dark else "light",
            reduced_motion="reduce",
        )
        if chosen.large:
            context.add_cookies([{"name": "liren_size", "value": "large", "url": base}])
        page = context.new_page()
        views = walk(page, base, role)
        for view, url in views.items():
            if not re.search(chosen.view, view):
                continue
            for width in chosen.width or SIZES:
                size = SIZES[width]
                page.set_viewport_size({"width": size[0], "height": size[1]})
                answer = page.goto(url)
                name = re.sub(r"[^\w-]+", "-", f"{role}.{view}.{width}")
                page.screenshot(path=folder / f"{name}.png", full_page=True)
                count += 1
                said = faults(page) if chosen.axe else []
                if answer and answer.status >= 500:
                    said.append(f"status {answer.status}")
                bad += len(said)
                for line in said:
                    print(f"{name}  {urlsplit(url).path}  {line}")
        context.close()
    print(f"{count} pictures in {folder.relative_to(BASE_DIR)}, {bad} faults")
    return bad


def journeys() -> int:
    """Run the journeys of the tests with pictures on; pytest's exit code."""
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:xdist", "tests/journeys"],
        cwd=BASE_DIR,
        env={**os.environ, "LIREN_SCREENSHOTS": str(VAR_DIR / "screenshots" / "journeys")},
    ).returncode


def main() -> int:
    chosen = options()
    django.setup()
    with sync_playwright() as playwright:
        browser = launch(playwright)
        if chosen.base:
            bad = shoot(browser, chosen.base.rstrip("/"), chosen)
        else:
            with served() as base:
                bad = shoot(browser, base, chosen)
        browser.close()
    partial = chosen.no_journeys or chosen.base or chosen.role or chosen.view
    failed = 0 if partial else journeys()
    return 1 if bad or failed else 0


if __name__ == "__main__":
    sys.exit(main())
