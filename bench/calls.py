"""A call to all 164,000 post holders of a city; answers a second, quiet and meanwhile; how old the
counts on the caller's page are.

The holders are made by SQL in a database of their own: 4,400 grids, 35,000 buildings and 124,600
entrances, each with a post and a holder, one in five of whom has switched on a webhook. Everything
runs as it is served: the call is made by the action, spread by the job worker, answered over HTTP
through one-tap links by 4 clients, each answer by another person from another address. At the end
everything that must be there is counted.
"""

import os
import statistics
import subprocess
import sys
import threading
import time
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

DATABASE = os.environ["LIREN_DATABASE"] = "liren_bench_calls"
os.environ.setdefault("LIREN_HTTPS", "0")
os.environ["LIREN_WEBHOOK_HOSTS"] = "127.0.0.1"

import _bench
import _city
import _web
from _figure import figure, percentile

_city.DATABASE = DATABASE
GRIDS, BUILDINGS, UNITS = 4_400, 35_000, 124_600
if os.environ.get("SMALL"):
    GRIDS, BUILDINGS, UNITS = 44, 350, 1_246
PEOPLE = GRIDS + BUILDINGS + UNITS
CITY = "2201"
CLIENTS, WORKERS = 4, 2
SECONDS = float(os.environ.get("SECONDS", "10"))
POLL = 2.0  # how often the caller's page asks (templates/calls/call.html)

# Triggers are for people's changes; what the bench makes up is nobody's.
MAKE = """
SET session_replication_role = replica;
CREATE TEMP TABLE made AS
WITH g AS (SELECT n, '2201' || lpad((n / 900 + 1)::text, 2, '0') || '001'
                  || lpad((n %% 900 / 9 + 1)::text, 3, '0')
                  || lpad((n %% 9 + 1)::text, 3, '0') AS code
             FROM generate_series(0, {grids} - 1) n),
b AS (SELECT m.n, g.code || lpad((m.n / {grids} + 1)::text, 3, '0') AS code
        FROM generate_series(0, {buildings} - 1) m(n) JOIN g ON g.n = m.n %% {grids}),
u AS (SELECT m.n, b.code || lpad((m.n / {buildings} + 1)::text, 2, '0') AS code
        FROM generate_series(0, {units} - 1) m(n) JOIN b ON b.n = m.n %% {buildings})
SELECT gen_random_uuid() AS place, gen_random_uuid() AS post, gen_random_uuid() AS person,
       code, rpad(left(code, 12), 12, '0') AS community,
       CASE length(code) WHEN 15 THEN 'grid' WHEN 18 THEN 'building' ELSE 'unit' END AS level
  FROM (SELECT code FROM g UNION ALL SELECT code FROM b UNION ALL SELECT code FROM u) every;
INSERT INTO territory_place (id, community, code, level, name, full_name, aliases, pinyin, initials,
                             synthetic, changed_by, changed_why, changed_at)
SELECT place, community, code, level, right(code, 3) || '号', code, '{{}}', '', '', true,
       'system:bench', 'made up', now() FROM made;
INSERT INTO people_person (id, community, place_code, name, name_pinyin, language, large_type,
                           synthetic, changed_by, changed_why, changed_at)
SELECT person, community, code, '测' || right(code, 3), '', 'zh-hans', false, true,
       'system:bench', 'made up', now() FROM made;
INSERT INTO organisation_post (id, community, place_id, place_code, type_id, title, seats,
                               synthetic, changed_by, changed_why, changed_at)
SELECT post, community, place, code, level || '_leader', '测量', 1, true,
       'system:bench', 'made up', now() FROM made;
INSERT INTO organisation_term (id, community, post_id, person_id, seat, starts, note,
                               changed_by, changed_why, changed_at)
SELECT gen_random_uuid(), community, post, person, 1, '2020-01-01', '',
       'system:bench', 'made up', now() FROM made;
INSERT INTO notifications_address (id, community, person_id, channel, target, enabled,
                                   changed_by, changed_why, changed_at)
SELECT gen_random_uuid(), community, person, 'webhook', %(target)s, true,
       'system:bench', 'made up', now() FROM made WHERE random() < 0.2;
DROP TABLE made;
SET session_replication_role = origin;
ANALYZE;
"""


class Hook(BaseHTTPRequestHandler):
    """The other side of the webhooks: notes when the first and how many came."""

    protocol_version = "HTTP/1.1"
    came: list[float] = []

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        Hook.came.append(time.perf_counter())
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_args: object) -> None:
        return


def city() -> None:
    """Make the holders, once in this database."""
    from django.db import connection

    from liren.notifications.models import Address
    from liren.organisation.models import PostType
    from liren.people.models import Person

    found = Person.objects.filter(changed_why="made up").count()
    if found:
        assert found == PEOPLE, f"{found} holders in {DATABASE}: made with other numbers"
        return
    assert PostType.objects.filter(code="unit_leader").exists()
    target = Address._meta.get_field("target").get_db_prep_save(hook_address(), connection)
    sql = MAKE.format(grids=GRIDS, buildings=BUILDINGS, units=UNITS)
    with connection.cursor() as cursor:
        cursor.execute(sql, {"target": target})


HOOK = ThreadingHTTPServer(("127.0.0.1", int(os.environ.get("HOOK_PORT", "8172"))), Hook)


def hook_address() -> str:
    return f"http://127.0.0.1:{HOOK.server_port}/hook"


def caller():
    """Somebody with a post for the whole city, which only the bench has, and a session."""
    from liren.access.actor import Permission
    from liren.organisation.models import Post, PostType, Term
    from liren.people.models import Account, Person
    from liren.territory.models import Place

    track = {"changed_by": "system:bench", "changed_why": "measuring"}
    account = Account.objects.filter(username="bench-caller").first()
    if account is None:
        place = Place.objects.create(
            community="220100000000", code=CITY, level="city", name="全市", **track
        )
        kind = PostType.objects.create(
            code="bench_city",
            name="全市",
            level="city",
            permissions=[str(Permission.CALL_MAKE)],
            **track,
        )
        person = Person.objects.create(community=place.community, name="测量", **track)
        post = Post.objects.create(
            community=place.community,
            place=place,
            place_code=CITY,
            type=kind,
            title="全市",
            **track,
        )
        Term.objects.create(community=place.community, post=post, person=person, **track)
        account = Account.objects.create_user(username="bench-caller", person=person)
    return account


def main() -> None:
    liren = Path(sys.executable).parent / "liren"
    subprocess.run([liren, "setup-db"], check=True, stdout=sys.stderr)
    _bench.start()
    from django.db import connection
    from django.test import Client

    from liren.access import rls
    from liren.base import clock
    from liren.calls import actions, links, queries
    from liren.calls.actions import Draft
    from liren.calls.models import Answer, Asked, Ring
    from liren.config import paths as places
    from liren.config import postgres
    from liren.notifications.models import Delivery, Notice
    from liren.organisation.queries import actor_for

    threading.Thread(target=HOOK.serve_forever, daemon=True).start()
    city()
    account = caller()
    by = actor_for(account.person_id)
    client = Client()
    client.force_login(account)
    session = client.cookies["sessionid"].value

    def call(title: str):
        """Make a call as the request of the caller would; return it and when that began."""
        draft = Draft(
            kind="blood",
            place=CITY,
            audiences=[f"post:{level}_leader" for level in ("grid", "building", "unit")],
            title=f"{title} {time.time()}",
            text="测量用，不用来。",
            closes_at=clock.now() + timedelta(hours=2),
            needed=500,
            urgent=True,
        )
        Hook.came.clear()
        began = time.perf_counter()
        with rls.scope(*rls.scope_of(by)):
            made = actions.make(by=by, draft=draft)
        return made, began, time.perf_counter() - began

    def spread_by_the_worker(made, began: float) -> tuple[float, float]:
        """Wait until everybody is told and the first message has come out at the other side."""
        told = 0.0
        while not told or not Hook.came:
            if not told and Ring.objects.get(call=made).done:
                told = time.perf_counter() - began
            if time.perf_counter() - began > 240:
                raise RuntimeError("not spread within four minutes")
            time.sleep(0.1)
        return told, Hook.came[0] - began

    def tokens(made, start: int, count: int) -> list[str]:
        rows = Asked.objects.filter(call=made).order_by("person")[start : start + count]
        return [links.path_to(made.pk, person) for person in rows.values_list("person", flat=True)]

    base = int(time.time()) % (1 << 11) << 13

    def prepared(paths: list[str], offset: int) -> list[tuple[str, bytes, dict[str, str]]]:
        made = []
        for number, path in enumerate(paths):
            headers = _web.Browser(base + offset + number).headers
            tap = ("coming:0", "coming:0", "cannot:0", "already:0")[number % 4]
            body, kind = _web.form({"csrfmiddlewaretoken": first.token, "tap": tap})
            made.append((path, body, {**headers, "Content-Type": kind, "Cookie": cookie}))
        return made

    refused: list[str] = []

    def answering(until: float, forms: list[tuple[str, bytes, dict[str, str]]], times: list[float]):
        sender = _web.Sender()
        for path, body, headers in forms:
            begin = time.perf_counter()
            if begin > until:
                break
            status, _location, page = sender.post(path, body, headers)
            if status != 302:
                refused.append(f"{status} {page[:200]}")
                return
            times.append(time.perf_counter() - begin)

    def run(forms: list[tuple[str, bytes, dict[str, str]]], seconds: float):
        times: list[float] = []
        begin = time.perf_counter()
        threads = [
            threading.Thread(target=answering, args=(begin + seconds, forms[n::CLIENTS], times))
            for n in range(CLIENTS)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return times, time.perf_counter() - begin

    def looking(path: str, stop: threading.Event, found: list[float]) -> None:
        """The caller's page, asking as it does."""
        browser = _web.Browser(base - 1)
        browser.cookies["sessionid"] = session
        while not stop.wait(POLL):
            begin = time.perf_counter()
            status, _location, page = browser.get(path)
            if status != 200:
                refused.append(f"{status} {page[:200]}")
                return
            found.append(time.perf_counter() - begin)

    enough = min(int(1000 * SECONDS), PEOPLE // 2)
    with _web.served(workers=WORKERS) as server:
        web = {pid for pid, command in _web.started_by(server).items() if "granian" in command}
        cluster = None if os.environ.get("DATABASE_URL") else postgres.Cluster(places.VAR_DIR).pid()

        def spent_so_far() -> dict[str, float]:
            return {
                "web": _web.processor_seconds(web),
                "PostgreSQL": _web.processor_seconds({cluster}) if cluster else 0.0,
                "clients": time.process_time(),
            }

        def costs(before: dict[str, float], count: int) -> dict[str, object]:
            """Processor milliseconds an answer, by who spent them."""
            each = {
                name: round((now - before[name]) / count * 1000, 2)
                for name, now in spent_so_far().items()
            }
            ours = sum(each.values())
            return {
                "processor ms an answer": each,
                "a second, if both processors did nothing else": round(2000 / ours, 1),
            }

        made, began, asked_s = call("先打一个")
        told, out = spread_by_the_worker(made, began)
        assert Notice.objects.filter(key__startswith=f"call.made:{made.pk}").count() == PEOPLE
        figure(
            f"a call to {PEOPLE:,} post holders: found, inbox rows written, first messages out",
            max(told, out),
            "s",
            target=15,
            beside={
                "found and written down, in the request (s)": round(asked_s, 2),
                "all inbox rows (s)": round(told, 2),
                "first message at the other side (s)": round(out, 2),
                "memory of this process and its PostgreSQL (MB)": _bench.memory_mb(),
            },
        )
        # Quiet: nothing else to do. What still waits to go out is put off.
        Delivery.objects.filter(state="waiting").update(not_before=clock.now() + timedelta(days=1))
        connection.cursor().execute("DELETE FROM procrastinate_jobs WHERE status = 'todo'")
        time.sleep(5)
        paths = tokens(made, 0, 2 * enough)
        first = _web.Browser(base)
        assert first.get(paths[0])[0] == 200
        cookie = "; ".join(f"{name}={value}" for name, value in first.cookies.items())
        run(prepared(paths[:200], 0), 3)
        stop, looks = threading.Event(), []
        looker = threading.Thread(
            target=looking, args=(f"/field/calls/{made.pk}/live/", stop, looks)
        )
        looker.start()
        forms = prepared(paths[200:enough], 200)
        before = spent_so_far()
        quiet, spent = run(forms, SECONDS)
        cost = costs(before, len(quiet))
        stop.set()
        looker.join()
        assert not refused, refused[0]
        figure(
            "answers a second by one-tap link, quiet, 4 clients, 2 workers",
            len(quiet) / spent,
            "answers/s",
            target=250,
            at_least=True,
            beside={
                "median ms": round(statistics.median(quiet) * 1000, 1),
                "p95 ms": round(percentile(quiet, 95) * 1000, 1),
                **cost,
            },
        )
        busy_forms = prepared(paths[enough:], enough)
        second, began, _asked = call("再打一个")
        stop = threading.Event()
        looker = threading.Thread(
            target=looking, args=(f"/field/calls/{made.pk}/live/", stop, looks)
        )
        looker.start()
        busy, spent = run(busy_forms, SECONDS)
        ring = Ring.objects.get(call=second)
        stop.set()
        looker.join()
        assert not refused, refused[0]
        figure(
            f"answers a second while a call to {PEOPLE:,} is being delivered",
            len(busy) / spent,
            "answers/s",
            target=100,
            at_least=True,
            beside={
                "median ms": round(statistics.median(busy) * 1000, 1),
                "p95 ms": round(percentile(busy, 95) * 1000, 1),
                "told meanwhile": ring.told,
                "messages handed out meanwhile": len(Hook.came),
            },
        )
        spread_by_the_worker(second, began)
    sent = min(200, len(paths)) + len(quiet) + len(busy)
    stored = Answer.objects.filter(call=made).count()
    assert stored == sent, (stored, sent)
    assert queries.turnout(made, apart=True).coming > 0
    figure(
        "how old the counts on the caller's page can be",
        POLL + max(looks),
        "s",
        target=3,
        beside={
            "asked every (s)": POLL,
            "slowest answer of the page (ms)": round(max(looks) * 1000, 1),
            "looks": len(looks),
            "answers counted": stored,
        },
    )
    began = time.perf_counter()
    with rls.scope(*rls.scope_of(by)):
        actions.close(by=by, call=made.pk)
    figure(
        f"closing it: counted, {stored:,} answers and {PEOPLE:,} names deleted",
        time.perf_counter() - began,
        "s",
    )
    assert not Answer.objects.filter(call=made).exists()
    HOOK.shutdown()
    connection.close()
    if not os.environ.get("KEEP"):
        _city.drop()


if __name__ == "__main__":
    main()
