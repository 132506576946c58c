"""A stream of varied reports through the public form, every receipt checked.

    python bench/stream.py [--count 300] [--seed 1] [--url http://127.0.0.1:8000]

Each report is somebody else: gets the form, writes in their own words (with emoji, rare characters
and line breaks here and there), sends it, reads the receipt, and opens the matter again from an
empty browser with number and query code. Without --url the bench database is served for it; with
--url any running site of the demonstration community is used, rate limits and all.
"""

import argparse
import html
import re
import time
from random import Random

import _city
import _web
from _figure import figure

HOME = f"/c/{_city.COMMUNITY}/"
NUMBER = re.compile(r'id="number"><strong>(\d+)</strong>')
CODE = re.compile(r'id="code">([^<]+)</strong>')
PLACE = re.compile(r'href="[^"]*report/\?place=(\d+)')
STEP = re.compile(r'href="([^"]*report/place/\?at=[^"]+)"')
ONCE = re.compile(r'name="once" value="([^"]*)"')
KIND = re.compile(r'<option value="([0-9a-f-]{36})"')
EXTRAS = (
    "",
    "",
    "",
    " 🙏",
    "\n谢谢！",
    "（𠮷祥楼这边）",
    "  <b>急</b>",
    " O'Neil & 李",
    "\n\n\n另外，楼上也有。",
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--url", help="a running site (http://host:port)")
    chosen = parser.parse_args()
    if chosen.url:
        host, _, port = chosen.url.removeprefix("http://").rstrip("/").partition(":")
        _web.HOST, _web.PORT = host, int(port or 80)
        stream(chosen.count, chosen.seed)
    else:
        _city.ready("stream of reports")
        with _web.served():
            stream(chosen.count, chosen.seed)


def stream(count: int, seed: int) -> None:
    from liren.synth import words

    rng = Random(seed)
    keys = list(words.NEEDS)
    begin, checked, lost = time.perf_counter(), 0, []
    for number in range(count):
        text = words.need(rng, rng.choice(keys)) + rng.choice(EXTRAS)
        try:
            one(rng, 5_000_000 + seed * 10_000 + number, text)
            checked += 1
        except AssertionError as error:
            lost.append((text, str(error)[:200]))
    spent = time.perf_counter() - begin
    figure(
        "stream of reports, receipts that open their matter",
        checked,
        "reports",
        target=count,
        at_least=True,
        beside={"sent": count, "seconds": round(spent, 1), "lost": lost[:5]},
    )


def one(rng: Random, number: int, text: str) -> None:
    """One person reports one need, by the pages alone."""
    person = _web.Browser(number)
    _status, _to, page = person.get(f"{HOME}report/place/")
    for _ in range(3):
        further = [html.unescape(found) for found in STEP.findall(page)]
        places = PLACE.findall(page)
        if places and (not further or rng.random() < 0.2):
            break
        _status, _to, page = person.get(rng.choice(further))
    place = rng.choice(PLACE.findall(page))
    status, _to, page = person.get(f"{HOME}report/?place={place}")
    assert status == 200, f"the form answers {status}"
    once = ONCE.findall(page)
    fields = {"place": place, "via": "web", "text": text, "once": once[-1] if once else ""}
    kinds = KIND.findall(page)
    if kinds and rng.random() < 0.7:
        fields["category"] = rng.choice(kinds)
    if rng.random() < 0.4:
        fields |= {"contact_name": words_name(rng), "contact_phone": "139" + digits(rng, 8)}
    status, to, page = person.post(f"{HOME}report/", fields)
    assert status == 302, f"sending answers {status}: {text!r}"
    status, _again, page = person.get(to)
    found, code = NUMBER.search(page), CODE.search(page)
    assert status == 200, f"the receipt answers {status}"
    assert found is not None, "the receipt has no number"
    assert code is not None, "the receipt has no code"
    # Sent twice, it is still one matter.
    assert person.post(f"{HOME}report/", fields)[1] == to, "a second submit made another matter"
    # From another phone, with number and code alone.
    other = _web.Browser(number + 4_000_000)
    other.get(f"{HOME}lookup/")
    status, to, _page = other.post(f"{HOME}lookup/", {"number": found[1], "code": code[1]})
    assert status == 302, f"number and code answer {status}"
    status, _to, page = other.get(to)
    said = " ".join(text.split())
    shown = " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())
    assert status == 200, f"the matter answers {status}"
    assert said.split("。")[0] in shown, f"the words are not there: {said!r}"


def words_name(rng: Random) -> str:
    from liren.synth import words

    return words.name(rng)


def digits(rng: Random, count: int) -> str:
    return "".join(rng.choice("0123456789") for _ in range(count))


if __name__ == "__main__":
    main()
