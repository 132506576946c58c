"""G2: no score, rank or leaderboard of residents or workers; no compulsory check-in; no view of
one worker's times; photos lose what the camera wrote into them.
"""

import ast
import re
from io import BytesIO

import pytest
from django import forms
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import models
from django.test.utils import isolate_apps
from django.urls import URLPattern, get_resolver
from PIL import Image as Picture

from liren.config.paths import SOURCE_DIR
from liren.demo.community import COMMUNITY
from liren.matters import files
from liren.matters.models import Attachment, Matter
from liren.organisation.models import Absence
from liren.people import checks

# -- the schema --------------------------------------------------------------------------------


def test_no_model_has_a_forbidden_column():
    faults = [str(one) for one in checks.check_declarations() if "G2" in str(one)]
    assert faults == []
    assert len(list(apps.get_models())) > 30


@isolate_apps("liren.people")
@pytest.mark.parametrize(
    "name",
    ["score", "rank", "leaderboard", "points", "check_in", "clock_in", "last_seen", "stars"],
)
def test_a_table_with_such_a_column_is_refused(name):
    body = {
        "__module__": __name__,
        name: models.IntegerField(),
        "Meta": type("Meta", (), {"app_label": "people"}),
    }
    faults = list(checks.check_model(type("Worker", (models.Model,), body)))
    assert [fault.id for fault in faults] == ["people.E003"]
    assert "G2" in faults[0].msg


@isolate_apps("liren.people")
@pytest.mark.parametrize("label", ["工作积分", "签到时间", "打卡次数", "本月排名", "信用分"])
def test_a_label_that_says_so_in_chinese_is_refused(label):
    class Duty(models.Model):
        n = models.IntegerField(label)

        class Meta:
            app_label = "people"

    assert [fault.id for fault in checks.check_model(Duty)] == ["people.E003"]


def test_absence_and_cover_are_kept_in_days_not_in_hours():
    for name in ("starts", "ends"):
        assert Absence._meta.get_field(name).get_internal_type() == "DateField"


# -- what the code counts and orders -----------------------------------------------------------

ABOUT_SOMEBODY = re.compile(
    r"(^-?|__)(person|reporter|agent|grantor|holder|by|by_post|to_post|post|term|account|user"
    r"|username|changed_by|recorded_by|answered_by|called)(__|_id$|$)"
)
COUNTS = {"Count", "Avg", "Sum", "StdDev"}
WINDOWS = {"Window", "Rank", "DenseRank", "PercentRank", "RowNumber", "Ntile", "CumeDist"}


def names_in(call):
    """Yield the field names a query method is given: texts, F("…") and keyword names."""
    for node in ast.walk(call):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def chain(node):
    """Yield the calls of one chain, outermost first: a.filter().values().annotate()."""
    while isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        yield node
        node = node.func.value


def called_names(node):
    return {
        inner.func.id if isinstance(inner.func, ast.Name) else inner.func.attr
        for inner in ast.walk(node)
        if isinstance(inner, ast.Call) and isinstance(inner.func, ast.Name | ast.Attribute)
    }


def tallies(tree):
    """Yield lines where a query groups or orders by somebody and counts something of theirs."""
    for node in ast.walk(tree):
        calls = list(chain(node))
        if not calls:
            continue
        used = called_names(calls[0])
        if used & WINDOWS:
            yield node.lineno, "ranks rows"
        groups = [c for c in calls if c.func.attr in ("values", "values_list")]
        counted = [
            c
            for c in calls
            if c.func.attr in ("annotate", "aggregate") and called_names(c) & COUNTS
        ]
        by_whom = [n for c in groups for n in names_in(c) if ABOUT_SOMEBODY.search(n)]
        if counted and by_whom:
            yield node.lineno, f"counts per {by_whom[0]}"


def sources(*patterns):
    for pattern in patterns:
        for path in sorted(SOURCE_DIR.rglob(pattern)):
            if "migrations" not in path.parts and "node_modules" not in path.parts:
                yield path


def test_no_query_counts_or_ranks_per_person_or_post():
    found = []
    seen = 0
    for path in sources("*.py"):
        tree = ast.parse(path.read_text())
        seen += 1
        found += [f"{path.relative_to(SOURCE_DIR)}:{line} {what}" for line, what in tallies(tree)]
    assert seen > 150
    assert found == []


@pytest.mark.parametrize(
    "code",
    [
        'Entry.objects.values("by").annotate(n=Count("pk")).order_by("-n")',
        'rows.values("matter__reporter").annotate(n=Count("pk"))',
        'Matter.objects.values_list("holder", "holder__title").annotate(days=Avg("closed_at"))',
        'rows.annotate(place=Window(Rank(), order_by="-n"))',
    ],
)
def test_the_search_for_tallies_finds_one(code):
    assert list(tallies(ast.parse(code)))


def test_the_search_for_tallies_lets_counts_of_places_pass():
    fine = 'rows.annotate(spot=Left("place_code", 18)).values("spot").annotate(n=Count("pk"))'
    assert not list(tallies(ast.parse(fine)))


RAW = re.compile(r"\b(dense_rank|row_number|percent_rank|ntile|rank)\s*\(\s*\)\s*over", re.I)


def test_no_raw_statement_ranks_rows():
    broken = [
        str(path.relative_to(SOURCE_DIR))
        for path in sources("*.py", "*.sql")
        if RAW.search(path.read_text())
    ]
    assert broken == []
    assert RAW.search("SELECT rank() OVER (ORDER BY n)")


# -- what pages say and offer ------------------------------------------------------------------

WORDS = re.compile(
    r"排名|排行|名次|积分|打分|评分|得分|打卡|签到|考勤|末位|红黑榜|龙虎榜|信用分"
    r"|leader-?board|\branking\b|\bscor(?:e|es|ed|ing)\b|\bcheck(?:ed)?[ -]in\b|\bclock[ -]?in\b",
    re.I,
)
# What says that it is not done may name it.
SAYS_NOT = re.compile(
    r"不打分|不排名|不积分|Nothing of it is passed on, scored|(?:no|never) (?:rank|scor)"
)


def texts_of(path):
    text = path.read_text()
    if path.suffix == ".po":
        # Sentences are broken over lines.
        text = re.sub(r'"\s*\n\s*"', "", text)
    return text.splitlines()


def test_no_page_speaks_of_scores_ranks_or_checking_in():
    found, seen = [], 0
    for path in sources("*.html", "*.po", "*.js", "*.typ"):
        seen += 1
        for number, line in enumerate(texts_of(path), 1):
            left = SAYS_NOT.sub("", line)
            if WORDS.search(left):
                found.append(f"{path.relative_to(SOURCE_DIR)}:{number} {line.strip()[:80]}")
    assert seen > 100
    assert found == []


@pytest.mark.parametrize("said", ["本月排名", "请签到", "打卡成功", "Leaderboard", "Your score: 5"])
def test_the_search_for_words_finds_them(said):
    assert WORDS.search(SAYS_NOT.sub("", said))


def addresses(found=None, prefix=""):
    for one in found or get_resolver().url_patterns:
        if isinstance(one, URLPattern):
            yield prefix + str(one.pattern), str(one.name)
        else:
            yield from addresses(one.url_patterns, prefix + str(one.pattern))


def test_no_address_is_one_of_a_tally_or_of_checking_in():
    listed = list(addresses())
    assert len(listed) > 80
    broken = [
        (route, name)
        for route, name in listed
        if (checks.forbidden_in(name) or (route, ""))[1] == "G2" or WORDS.search(route)
    ]
    assert broken == []


def test_when_somebody_signed_in_is_shown_to_nobody_but_themselves():
    """Times of one worker: the only ones kept are of signing in, and only they see them."""
    pages = {
        path.relative_to(SOURCE_DIR).as_posix()
        for path in sources("*.html")
        if re.search(r"last_login|date_joined|last_used_at|password_changed_at", path.read_text())
    }
    assert pages <= {
        "people/templates/people/security.html",
        "people/templates/mfa/webauthn/authenticator_list.html",
    }


@pytest.mark.django_db
@pytest.mark.parametrize("role", ["worker", "secretary", "officer"])
def test_the_office_cannot_ask_for_one_persons_doings(desk, need, demo, role):
    """A filter by a person changes nothing: there is none, whatever is typed into the address."""
    first, second = need("三楼楼道灯不亮"), need("单元门关不上")
    browser = desk(role)
    whom = demo.accounts["unit"].person_id
    plain = browser.get("/office/matters/").content.decode()
    for name in ("by", "person", "handled_by", "worker", "reporter", "agent"):
        page = browser.get("/office/matters/", {name: str(whom)}).content.decode()
        for matter in (first, second):
            assert (matter.number in page) == (matter.number in plain), name


@pytest.mark.django_db
@pytest.mark.parametrize("role", ["worker", "secretary", "officer"])
def test_lists_are_not_ordered_by_people(desk, need, role):
    need()
    page = desk(role).get("/office/matters/").content.decode()
    keys = set(re.findall(r'href="\?[^"]*\bsort=-?([a-z_]+)', page))
    assert keys
    assert not [key for key in keys if ABOUT_SOMEBODY.search(key)]


# -- nobody must report from the field ---------------------------------------------------------


def form_classes():
    for path in sources("*forms*.py", "forms/*.py"):
        module = ".".join(["liren", *path.relative_to(SOURCE_DIR).with_suffix("").parts])
        loaded = __import__(module.removesuffix(".__init__"), fromlist=["x"])
        for value in vars(loaded).values():
            if isinstance(value, type) and issubclass(value, forms.BaseForm):
                yield value


def test_no_form_makes_somebody_say_where_they_stand():
    """A place may be told where it helps to find the thing; nobody is asked for their own."""
    seen = 0
    for form in form_classes():
        for name, field in form.base_fields.items():
            seen += 1
            if name in ("longitude", "latitude", "lat", "lon", "position", "location"):
                assert not field.required, f"{form.__name__}.{name}"
            assert not checks.forbidden_in(name) or checks.forbidden_in(name)[1] != "G2", name
    assert seen > 50


def test_no_script_follows_a_phone():
    for path in sources("*.js"):
        assert "watchPosition" not in path.read_text(), path
    for path in sources("*.html", "*.js"):
        assert "getCurrentPosition" not in path.read_text(), path


@pytest.mark.django_db
def test_a_photo_loses_where_and_when_it_was_taken(client, demo):
    exif = Picture.Exif()
    exif[0x0110] = "SecretPhone 9"
    exif[0x8825] = {1: "N", 2: (43.0, 52.0, 0.0), 29: "2026:11:02"}
    out = BytesIO()
    Picture.new("RGB", (640, 400), "teal").save(out, "JPEG", exif=exif)
    assert b"SecretPhone" in out.getvalue()
    sent = client.post(
        f"/c/{COMMUNITY}/report/",
        {
            "place": demo.unit.code,
            "text": "路灯不亮",
            "once": "g2-photo",
            "photos": SimpleUploadedFile("a.jpg", out.getvalue(), "image/jpeg"),
        },
    )
    assert sent.status_code == 302, sent.content.decode()[:2000]
    row = Attachment.objects.get(matter=Matter.objects.get(text="路灯不亮"))
    for name in (row.file, row.thumb):
        kept = (files.root() / name).read_bytes()
        assert b"SecretPhone" not in kept
        assert not dict(Picture.open(BytesIO(kept)).getexif())
