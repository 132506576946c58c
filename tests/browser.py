"""The real browser that tests and screenshots look through."""

import os
import shutil

from playwright.sync_api import Browser, Playwright

OPTIONS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-quic",
]
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def launch(playwright: Playwright) -> Browser:
    """Start the machine's own Chromium (`CHROMIUM` names another); Playwright's, if there is none.

    Raises Playwright's error, which says what to install, if there is neither.
    """
    found = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    return playwright.chromium.launch(executable_path=found, args=OPTIONS)
