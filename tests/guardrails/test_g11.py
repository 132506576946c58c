"""G11: automation suggests, a person decides; nothing leaves for a cloud service by default;
Party membership or points never condition a service.
"""

import ipaddress
import re
import socket
import subprocess
import sys

import pytest
from django.apps import apps
from django.conf import settings
from django.urls import reverse

from liren.config.paths import SOURCE_DIR
from liren.matters import actions, queries
from liren.matters.actions import Report
from liren.matters.enums import Status
from liren.matters.models import Entry, Matter
from liren.notifications import channels
from liren.notifications.enums import Channel

pytestmark = pytest.mark.django_db
MATTER = "matters_office:matter"


def moves(matter):
    return list(Entry.objects.filter(matter=matter).values_list("verb", flat=True))


@pytest.fixture
def habit(need, demo):
    """Twelve lights were repaired by the grid leader."""

    def make(count=12):
        for number in range(count):
            done = need(f"{number}号楼的灯不亮")
            Matter.objects.filter(pk=done.pk).update(
                status=Status.CLOSED, ending="solved", holder=demo.posts["grid"]
            )

    return make


# -- automation suggests, a person decides -----------------------------------------------------


def test_a_category_is_suggested_with_its_reason_and_nothing_happens_by_itself(desk, need):
    matter = need("3号楼电梯又停了，按钮没反应", key=None)
    before = Matter.objects.filter(pk=matter.pk).values().get()
    page = desk("worker").get(reverse(MATTER, args=[matter.pk]))
    assert "类别：电梯" in page.text
    assert "因为提到“电梯”" in page.text
    assert Matter.objects.filter(pk=matter.pk).values().get() == before
    assert moves(matter) == ["report"]


def test_one_tap_of_a_person_applies_it_in_their_name(desk, need):
    matter = need("3号楼电梯又停了，按钮没反应", key=None)
    client = desk("worker")
    hint = client.get(reverse(MATTER, args=[matter.pk])).context["hints"][0]
    address = reverse("matters_office:do", args=[matter.pk, hint.verb])
    client.post(address, {**hint.values, "seen": matter.version})
    matter.refresh_from_db()
    assert matter.category.key == "upkeep.lift"
    entry = Entry.objects.get(matter=matter, verb="categorise")
    assert entry.by.startswith("person:")


def test_a_handler_is_suggested_with_its_reason_and_sent_to_by_nobody_else(desk, need, demo, habit):
    habit()
    matter = need("五楼的灯不亮")
    client = desk("worker")
    page = client.get(reverse(MATTER, args=[matter.pk]))
    title = demo.posts["grid"].title
    assert f"本社区此前的同类多由{title}办结" in page.text
    assert moves(matter) == ["report"]
    assert Matter.objects.get(pk=matter.pk).holder_id == matter.holder_id
    (hint,) = page.context["hints"]
    client.post(
        reverse("matters_office:do", args=[matter.pk, hint.verb]),
        {**hint.values, "seen": matter.version},
    )
    assert Matter.objects.get(pk=matter.pk).holder_id == demo.posts["grid"].pk


def test_two_are_no_habit(desk, need, habit):
    habit(2)
    matter = need("五楼的灯不亮")
    assert desk("worker").get(reverse(MATTER, args=[matter.pk])).context["hints"] == []


def test_whoever_it_is_about_is_never_suggested(desk, need, demo, habit):
    habit()
    matter = need("灯不亮，说了也不听", about_posts=(demo.posts["grid"].pk,))
    hints = desk("worker").get(reverse(MATTER, args=[matter.pk])).context["hints"]
    assert str(demo.posts["grid"].pk) not in {value for h in hints for value in h.values.values()}


def test_words_of_a_new_need_choose_no_category(demo, actor):
    by = actor("resident")
    for text in ("电梯坏了", "垃圾没人收", "楼上太吵"):
        matter = actions.report(by=by, need=Report(place=demo.unit, text=text)).matter
        assert matter.category is None


def test_what_suggests_writes_nothing():
    """The code that suggests calls no action and saves nothing."""
    writes = re.compile(r"\bactions\b|\.save\(|\.update\(|\.create\(|bulk_create|\.delete\(")
    for name in (
        "matters/suggestions.py",
        "matters/kernel/words.py",
        "matters/views/office/hints.py",
    ):
        assert not writes.search((SOURCE_DIR / name).read_text()), name


# -- nothing leaves by default -----------------------------------------------------------------


def test_no_channel_is_set_up_by_default():
    """Asked in a process of its own, with none of the operator's variables."""
    code = (
        "import django; django.setup();"
        "from liren.notifications.channels import set_up;"
        "from liren.notifications.enums import Channel;"
        "print([c.value for c in Channel if set_up(c)])"
    )
    answer = subprocess.run(
        [sys.executable, "-c", code],
        env={"DJANGO_SETTINGS_MODULE": "liren.config.settings", "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert answer.stdout.strip() == "[]"


def test_no_telemetry_is_installed_and_pages_load_nothing_from_elsewhere():
    known = {"sentry_sdk", "newrelic", "ddtrace", "opentelemetry", "posthog", "segment"}
    assert not known & set(sys.modules)
    assert not [one for one in settings.INSTALLED_APPS if one.split(".")[0] in known]
    policy = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]
    sources = {
        str(one) for listed in policy.values() if isinstance(listed, list | tuple) for one in listed
    }
    assert not [one for one in sources if re.match(r"\w+://|\*|[\w-]+\.[\w.-]+", one)]


@pytest.fixture
def once():
    """Read the number of a form, so that it can be sent."""
    return lambda page: re.search(r'name="once" value="(\w+)"', page.text).group(1)


@pytest.fixture
def guarded(monkeypatch):
    """Refuse every connection that is not to this machine, and keep what was tried."""
    tried = []
    real = socket.socket.connect

    def connect(self, address):
        if self.family != socket.AF_UNIX:
            host = address[0]
            try:
                inside = ipaddress.ip_address(host).is_loopback
            except ValueError:
                inside = host == "localhost"
            if not inside:
                tried.append(address)
                raise ConnectionRefusedError("outside")
        return real(self, address)

    def look_up(host, *args, **kwargs):
        if host not in ("localhost", "127.0.0.1", "::1", None):
            tried.append(host)
            raise socket.gaierror("outside")
        return resolve(host, *args, **kwargs)

    resolve = socket.getaddrinfo
    monkeypatch.setattr(socket.socket, "connect", connect)
    monkeypatch.setattr(socket.socket, "connect_ex", connect)
    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    return tried


def test_the_guard_would_notice(guarded):
    with pytest.raises(OSError, match="outside"):
        socket.create_connection(("192.0.2.1", 80), timeout=1)
    with pytest.raises(OSError, match="outside"):
        socket.create_connection(("example.org", 80), timeout=1)
    assert guarded == ["192.0.2.1", "example.org"]


def test_from_report_to_close_nothing_leaves(
    guarded, client, demo, once, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        client.force_login(demo.accounts["resident"])
        address = f"/c/{demo.community.code}/report/"
        place = {"place": demo.unit.code}
        need = {"text": "楼道灯不亮", "via": "web", "once": once(client.get(address, place))}
        client.post(address, {**need, **place})
        matter = Matter.objects.get()
        client.force_login(demo.accounts["unit"])
        client.post(f"/field/matters/{matter.pk}/accept/", {"seen": matter.version})
        client.force_login(demo.accounts["worker"])
        for page in ("office:board", "office:figures", "matters_office:list", "matters_office:map"):
            assert client.get(reverse(page)).status_code == 200
        assert client.get(reverse(MATTER, args=[matter.pk])).status_code == 200
        client.force_login(demo.accounts["unit"])
        matter.refresh_from_db()
        client.post(
            f"/field/matters/{matter.pk}/handle/", {"seen": matter.version, "words": "换了灯泡"}
        )
        client.force_login(demo.accounts["resident"])
        matter.refresh_from_db()
        client.post(
            f"/c/{demo.community.code}/matters/{matter.pk}/answer/",
            {"seen": matter.version, "solved": "yes", "satisfied": "yes"},
        )
    matter.refresh_from_db()
    assert matter.status == Status.CLOSED
    assert guarded == []


def test_every_channel_refuses_while_the_operator_has_set_up_none(guarded, settings):
    settings.EMAIL_HOST = settings.LIREN_SMS_URL = ""
    settings.LIREN_WEBHOOK_HOSTS = settings.LIREN_CHANNELS = []
    assert not [channel for channel in Channel if channels.set_up(channel)]
    assert guarded == []


# -- no service hangs on membership or points --------------------------------------------------

WORDS = re.compile(
    r"party_?member|is_party|communist|political|credit_?score|loyalty|merit_|reward|"
    r"(?:^|_)points(?:$|_)|(?:^|_)score(?:$|_)",
    re.IGNORECASE,
)
PYTHON_NAMES = re.compile(r"[A-Za-z_]\w*")


def test_no_model_knows_of_membership_or_points():
    names = [
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        if model.__module__.startswith("liren.")
        for field in model._meta.get_fields()
    ]
    assert len(names) > 200
    assert not [name for name in names if WORDS.search(name.split(".")[-1])]


@pytest.mark.parametrize("app", ["matters", "organisation", "access"])
def test_neither_routing_nor_visibility_asks_for_them(app):
    # The kernel's arithmetic of words knows no persons; there a score is a sum of weights.
    paths = [p for p in (SOURCE_DIR / app).rglob("*.py") if p.parent.name != "kernel"]
    for path in paths:
        code = re.sub(r'"""(?s:.*?)"""|#.*', "", path.read_text())
        assert not [name for name in PYTHON_NAMES.findall(code) if WORDS.search(name)], path


def test_the_way_of_a_need_is_the_same_whoever_reports_it(demo, actor):
    """Its way depends on place, kind and whom it is about; the reporter is no argument of it."""
    import inspect

    assert not {"by", "reporter", "person", "actor"} & set(
        inspect.signature(queries.route).parameters
    )
    resident, worker = actor("resident"), actor("worker")
    needs = [
        (worker, Report(place=demo.unit, text="灯坏了")),
        (resident, Report(place=demo.unit, text="灯坏了", reporter=resident.person)),
    ]
    for by, need in needs:
        assert actions.report(by=by, need=need).matter.holder_id == demo.posts["unit"].pk
