"""The real browser that tests and screenshots look through."""

import os
import shutil

from playwright.sync_api import Browser, Page, Playwright

from liren.config.paths import ASSETS_DIR

OPTIONS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-quic",
]
SIZES = {"phone": (375, 812), "desk": (1440, 900)}
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def launch(playwright: Playwright) -> Browser:
    """Start the machine's own Chromium (`CHROMIUM` names another); Playwright's, if there is none.

    Raises Playwright's error, which says what to install, if there is neither.
    """
    found = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    return playwright.chromium.launch(executable_path=found, args=OPTIONS)


def faults(page: Page) -> list[str]:
    """What axe finds on the open page, and by how much it is wider than its window."""
    page.evaluate((ASSETS_DIR / "test" / "axe.min.js").read_text())
    result = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    said = [
        f"{problem['id']}: {problem['help']} {node['target']}"
        for problem in result["violations"]
        for node in problem["nodes"]
    ]
    wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    return [*said, f"{wide} px wider than the window"] if wide > 0 else said
