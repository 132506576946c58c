"""What a phone transfers on its first visit: the community's home page and the report page.

Counted by Chromium itself (bytes on the wire, compressed, headers included), phone-sized, with an
empty cache, from the served site.
"""

import sys
from pathlib import Path

import _city
import _web
from _figure import figure, skip

MOST = 250
ROOT = Path(__file__).resolve().parents[1]


def main() -> None:
    sys.path.insert(0, str(ROOT / "tests"))
    try:
        from playwright.sync_api import sync_playwright

        from browser import SIZES, launch
    except ImportError as error:
        skip("first visit", f"no browser: {error}")
    _city.ready("first visit")
    from liren.territory.models import Place

    unit = Place.objects.filter(community=_city.COMMUNITY, level="unit").order_by("code")[5]
    home = f"/c/{_city.COMMUNITY}/"
    paths = {"home": home, "report page": f"{home}report/?place={unit.code}"}
    with _web.served(), sync_playwright() as playwright:
        browser = launch(playwright)
        sizes = {}
        for name, path in paths.items():
            width, height = SIZES["phone"]
            context = browser.new_context(viewport={"width": width, "height": height})
            page = context.new_page()
            session = context.new_cdp_session(page)
            session.send("Network.enable")
            parts: dict[str, list[float]] = {}
            kinds: dict[str, str] = {}
            session.on(
                "Network.responseReceived",
                lambda event, kinds=kinds: kinds.update({event["requestId"]: event["type"]}),
            )
            session.on(
                "Network.loadingFinished",
                lambda event, kinds=kinds, parts=parts: parts.setdefault(
                    kinds.get(event["requestId"], "other"), []
                ).append(event["encodedDataLength"]),
            )
            answer = page.goto(f"http://{_web.HOST}:{_web.PORT}{path}", wait_until="networkidle")
            assert answer is not None
            assert answer.status == 200
            sizes[name] = {
                kind: {"requests": len(got), "KB": round(sum(got) / 1024, 1)}
                for kind, got in parts.items()
            }
            context.close()
        browser.close()
    for name, parts in sizes.items():
        figure(
            f"first visit, {name}",
            sum(part["KB"] for part in parts.values()),
            "KB",
            target=MOST,
            beside=parts,
        )


if __name__ == "__main__":
    main()
