"""The pages in a real browser: read by a checker, narrow, dark, large, by keyboard, off-line."""

import io
from collections.abc import Callable

import pytest
from PIL import Image
from playwright.sync_api import FilePayload, Page

from liren.config.paths import ASSETS_DIR
from liren.look.gallery import SHELLS

AXE = ASSETS_DIR / "test" / "axe.min.js"
PAGES = ["/gallery/", *(f"/gallery/{name}/" for name in SHELLS), "/offline/", "/gallery/error-409/"]
# The gallery holds every component: the other readers need look at it alone.
READERS = [
    ({"width": 375}, PAGES),
    ({"width": 1440}, ["/gallery/", "/gallery/portal/", "/gallery/office/"]),
    ({"width": 375, "scheme": "dark"}, ["/gallery/"]),
    ({"width": 1440, "scheme": "dark"}, ["/gallery/office/"]),
    ({"width": 375, "size": "large"}, ["/gallery/"]),
]
Open = Callable[..., Page]

pytestmark = pytest.mark.django_db(transaction=True)


def violations(page: Page) -> list[str]:
    # As text, not as a script element: the policy of the page rightly refuses those.
    page.evaluate(AXE.read_text())
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{problem['id']}: {node['target']} {node['failureSummary']}"
        for problem in found["violations"]
        for node in problem["nodes"]
    ]


@pytest.mark.parametrize(("reader", "paths"), READERS)
def test_axe_finds_nothing(open_page: Open, reader: dict[str, object], paths: list[str]) -> None:
    page = open_page(paths[0], **reader)
    found = {}
    for path in paths:
        page.goto(path)
        found[path] = violations(page)
    assert {path: problems for path, problems in found.items() if problems} == {}


@pytest.mark.parametrize("size", ["", "large"])
def test_nothing_is_wider_than_a_small_phone(open_page: Open, size: str) -> None:
    wide = {}
    page = open_page(PAGES[0], width=320, size=size)
    for path in PAGES:
        page.goto(path)
        over = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        if over > 0:
            wide[path] = over
    assert wide == {}


# Links inside sentences, headings and cells are exempt (WCAG 2.5.8), and so is what nobody sees.
SMALL_TARGETS = """() => {
    const all = 'a[href], button, summary, select, textarea, input:not([type=hidden])';
    const exempt = 'p, thead, td, .visually-hidden, .l-skip, .l-head, .l-photos, .l-stat, .l-error';
    const inSummary = '[data-errors] ul';
    return [...document.querySelectorAll(all)]
        .filter(el => el.checkVisibility() && !el.closest(exempt) && !el.closest(inSummary))
        .filter(el => (el.closest('label') || el).getBoundingClientRect().height < 48)
        .map(el => el.outerHTML.slice(0, 120));
}"""


def test_targets_are_big_enough_for_a_thumb(open_page: Open) -> None:
    small = {}
    page = open_page("/gallery/")
    for path in ("/gallery/", "/gallery/portal/", "/gallery/report/", "/gallery/field/"):
        page.goto(path)
        found = page.evaluate(SMALL_TARGETS)
        if found:
            small[path] = found
    assert small == {}


# Scrolled to the end, whatever is at the middle of a link of the foot is that link.
COVERED = """() => {
    scrollTo(0, document.documentElement.scrollHeight);
    return [...document.querySelectorAll('.l-foot a, .l-foot button')].filter(el => {
        const box = el.getBoundingClientRect();
        const x = box.x + box.width / 2, y = box.y + box.height - 2;
        return !el.contains(document.elementFromPoint(x, y));
    }).map(el => el.textContent.trim());
}"""


@pytest.mark.parametrize("size", ["", "large"])
def test_the_foot_is_free_of_the_bar(open_page: Open, size: str) -> None:
    page = open_page("/gallery/portal/", size=size)
    covered = {}
    for path in ("/gallery/portal/", "/gallery/report/", "/gallery/field/"):
        page.goto(path)
        assert page.locator(".l-foot a, .l-foot button").count()
        covered[path] = page.evaluate(COVERED)
    assert {path: links for path, links in covered.items() if links} == {}


def test_a_question_is_not_asked_behind_the_bar(open_page: Open) -> None:
    page = open_page("/gallery/portal/")
    page.evaluate("""() => {
        const box = document.createElement('details');
        box.className = 'l-confirm';
        const form = '<form><button class="btn">!</button></form>';
        box.innerHTML = '<summary class="btn">?</summary>' + form;
        document.querySelector('main').append(box);
        scrollTo(0, document.documentElement.scrollHeight);
        scrollTo(0, scrollY + box.getBoundingClientRect().bottom - innerHeight + 70);
    }""")
    page.click("main > .l-confirm summary")
    page.wait_for_timeout(200)
    assert page.evaluate("""() => {
        const bar = document.querySelector('.l-bar').getBoundingClientRect().top;
        const button = document.querySelector('main > .l-confirm button');
        return button.getBoundingClientRect().bottom <= bar;
    }""")


def test_a_draft_survives_and_is_forgotten_after_success(open_page: Open) -> None:
    page = open_page("/gallery/report/")
    page.fill("textarea", "二单元漏水𠮷")
    page.check("input[value=water]")
    page.wait_for_timeout(400)
    page.reload()
    assert page.input_value("textarea") == "二单元漏水𠮷"
    assert page.is_checked("input[value=water]")
    page.goto("/gallery/done/")
    page.goto("/gallery/report/")
    assert page.input_value("textarea") == ""


def test_without_network_nothing_is_sent_and_nothing_is_lost(open_page: Open) -> None:
    page = open_page("/gallery/report/")
    page.fill("textarea", "路灯不亮")
    page.check("input[value=other]")
    page.select_option("select", "3")
    page.context.set_offline(True)
    page.wait_for_selector("#offline:not([hidden])")
    page.click(".l-thumb button")
    page.wait_for_selector(".l-toast")
    assert page.url.endswith("/gallery/report/")
    assert page.input_value("textarea") == "路灯不亮"


def test_the_offline_page_is_all_that_is_kept(open_page: Open) -> None:
    page = open_page("/gallery/portal/")
    page.evaluate("navigator.serviceWorker.ready.then(() => 1)")
    page.reload()
    kept = page.evaluate("""async () => {
        const names = await caches.keys();
        const cache = await caches.open(names[0]);
        return [names.length, (await cache.keys()).map(r => new URL(r.url).pathname)];
    }""")
    assert kept[0] == 1
    assert "/offline/" in kept[1]
    assert all(path == "/offline/" or path.startswith("/static/") for path in kept[1])
    page.context.set_offline(True)
    page.goto("/gallery/matter/")
    assert page.locator("h1").inner_text() == "现在没有网络"
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(250, 248, 245)"


def test_a_photo_is_made_small_and_tells_no_place(open_page: Open) -> None:
    exif = Image.Exif()
    exif[0x8825] = {1: "N", 2: (43.0, 52.0, 0.0)}
    file = io.BytesIO()
    Image.linear_gradient("L").resize((3000, 2000)).convert("RGB").save(file, "JPEG", exif=exif)
    assert b"Exif" in file.getvalue()
    page = open_page("/gallery/report/")
    photo = FilePayload(name="a.jpg", mimeType="image/jpeg", buffer=file.getvalue())
    page.set_input_files("input[type=file]", photo)
    page.wait_for_selector(".l-photo canvas")
    page.set_input_files("input[type=file]", photo)
    page.wait_for_selector(".l-photo:nth-child(2) canvas")
    sent = page.evaluate("""async () => {
        const files = document.querySelector('input[type=file]').files;
        const picture = await createImageBitmap(files[0]);
        const told = (await files[0].text()).includes('Exif');
        return [files.length, picture.width, picture.height, told];
    }""")
    assert sent == [2, 1600, 1067, False], "two, because a second choice adds to the first"
    page.locator(".l-photo").first.click()
    assert page.locator(".l-photo").count() == 1


def test_one_press_sends_once(open_page: Open) -> None:
    page = open_page("/gallery/matter/")
    page.route("**/gallery/sent/", lambda route: None)
    sent: list[str] = []
    page.on(
        "request", lambda request: sent.append(request.method) if "sent" in request.url else None
    )
    page.evaluate("document.querySelector('.l-promise form').action = '/gallery/sent/'")
    page.evaluate("""() => {
        const button = document.querySelector('.l-promise button');
        button.click();
        button.click();
    }""")
    page.wait_for_timeout(200)
    assert sent == ["POST"]


def test_the_desk_by_keyboard(open_page: Open) -> None:
    page = open_page("/gallery/office/", width=1366)
    page.keyboard.press("j")
    page.keyboard.press("j")
    assert page.locator("tr[aria-current=true]").count() == 1
    assert "26111043" in page.locator("tr[aria-current=true]").inner_text()
    page.keyboard.press("k")
    assert "26111042" in page.locator("tr[aria-current=true]").inner_text()
    page.keyboard.press("Enter")
    page.wait_for_selector("#panel h2")
    assert violations(page) == []
    page.keyboard.press("Escape")
    assert page.locator("#panel h2").count() == 0
    assert page.evaluate("document.activeElement.textContent") == "二单元一楼楼道漏水"
    page.keyboard.press("/")
    assert page.evaluate("'search' in document.activeElement.dataset")
    page.keyboard.type("j/?")
    assert page.input_value("[data-search]") == "j/?"
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    assert page.is_visible("#keys")
    page.keyboard.press("Escape")
    assert not page.is_visible("#keys")
    page.keyboard.press("e")
    page.wait_for_url("**/gallery/matter/")


def test_size_and_theme_are_kept_by_the_server(open_page: Open) -> None:
    page = open_page("/gallery/portal/")
    with page.expect_navigation():
        page.click("button[name=size]")
    assert page.get_attribute("html", "data-size") == "large"
    assert page.evaluate("getComputedStyle(document.documentElement).fontSize") == "22px"
    with page.expect_navigation():
        page.click("button[name=theme]")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(23, 22, 20)"
    assert page.get_attribute("html", "data-size") == "large"


def test_pages_work_without_script(chromium, live_server, gallery_urls) -> None:  # type: ignore[no-untyped-def]
    context = chromium.new_context(java_script_enabled=False, base_url=live_server.url)
    page = context.new_page()
    page.goto("/gallery/")
    assert page.locator("[data-photo-add]:visible").count() == 0
    assert page.locator("input[type=file]:visible").count() == 1
    page.click("details.l-confirm summary")
    assert page.locator("#why").is_visible()
    context.close()
