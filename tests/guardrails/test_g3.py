"""G3: every personal field says why it is kept; masked by default; whoever unmasks says why, and
the person sees it.
"""

import re
from uuid import uuid4

import pytest
from django.db import models
from django.test import Client
from django.test.utils import isolate_apps
from django.urls import URLPattern, get_resolver

from liren.base.crypto import key_hash
from liren.base.errors import Invalid, NotAllowed, NotFound
from liren.demo.community import COMMUNITY, TRACK
from liren.matters import actions as matters
from liren.matters import links
from liren.matters.actions import Report
from liren.notifications.models import Notice
from liren.organisation.models import Term
from liren.organisation.queries import actor_for
from liren.people import actions, checks, rules
from liren.people.declarations import Basis, Field, Reader, Rows, all_declared, declared
from liren.people.models import Account, Person, Unmasking

# -- every field declares itself ---------------------------------------------------------------


def test_every_personal_field_says_purpose_ground_time_and_readers():
    assert checks.check_declarations() == []
    seen = 0
    for found in all_declared():
        for name, one in found.personal.items():
            seen += 1
            where = f"{found.model._meta.label}.{name}"
            assert str(one.purpose).strip(), where
            assert isinstance(one.basis, Basis), where
            assert one.readers, where
            assert one.retention_days is None or one.retention_days >= 0, where
    assert seen > 100


def test_what_identifies_a_person_is_read_in_clear_by_nobody_without_a_reason():
    for name in ("phone", "identity"):
        assert Reader.NEIGHBOURS not in Person.personal[name].readers
        assert Person.personal[name].sensitive


def _model(name="Thing", **body):
    body |= {"__module__": __name__, "Meta": type("Meta", (), {"app_label": "people"})}
    return type(name, (models.Model,), body)


WHOLE = Field("reach the person", Basis.CONSENT, (Reader.SELF,), 30)
OF = Rows(of=("person",))


@isolate_apps("liren.people")
@pytest.mark.parametrize(
    "change",
    [
        {"personal": {}},
        {"personal": {"phone": Field("", Basis.CONSENT, (Reader.SELF,), 30), "person": WHOLE}},
        {"personal": {"phone": Field("reach", Basis.CONSENT, (), 30), "person": WHOLE}},
        {"personal_rows": None},
    ],
    ids=["undeclared", "no purpose", "no readers", "no way to the person"],
)
def test_the_schema_refuses_a_field_that_does_not(change):
    whole = {
        "phone": models.CharField(max_length=20),
        "person": models.ForeignKey(Person, models.CASCADE),
        "personal": {"phone": WHOLE, "person": WHOLE},
        "personal_rows": OF,
    }
    assert list(checks.check_model(_model(**whole))) == []
    assert list(checks.check_model(_model("Other", **whole | change)))


@isolate_apps("liren.people")
def test_the_schema_refuses_a_phone_in_a_table_that_declares_nothing():
    found = list(checks.check_model(_model(contact_phone=models.CharField(max_length=20))))
    assert [fault.id for fault in found] == ["people.E004"]


def test_the_persons_own_table_is_declared():
    assert declared(Person) is not None
    assert declared(Account) is not None


# -- masked by default, on every page, for every role --------------------------------------------

PHONE = "13912345678"
CONTACT = "13898765432"
IDENTITY = "220103195203070024"
NAME = "欧阳明月朗"
SECRETS = {PHONE: "phone", CONTACT: "contact phone", IDENTITY: "identity number"}
ROLES = (
    "anonymous",
    "neighbour",
    "unit",
    "building",
    "grid",
    "worker",
    "secretary",
    "officer",
    "department",
)
NUMBER = re.compile(r"(?<![\d-])1[3-9]\d{9}(?!\d)")


@pytest.fixture
def world(demo):
    """A resident with name, number and identity, who reported two things; a neighbour."""
    resident = Person.objects.get(pk=demo.accounts["resident"].person_id)
    resident.name, resident.phone, resident.identity = NAME, PHONE, IDENTITY
    resident.phone_hash, resident.identity_hash = key_hash(PHONE, "phone"), key_hash(IDENTITY, "id")
    resident.save()
    Account.objects.filter(person=resident).update(
        phone=PHONE, phone_hash=key_hash(PHONE, "phone"), phone_verified=True
    )
    neighbour = Person.objects.create(
        community=COMMUNITY, place_code=resident.place_code, name="邻居", synthetic=True, **TRACK
    )
    account = Account.objects.create_user("neighbour", person=neighbour, community=COMMUNITY)
    by = actor_for(resident.pk, home=COMMUNITY)
    own = matters.report(
        by=by, need=Report(place=demo.unit, text="三楼楼道灯不亮", reporter=resident.pk)
    ).matter
    left = matters.report(
        by=by,
        need=Report(
            place=demo.unit,
            text="单元门关不上",
            reporter=resident.pk,
            contact_name=NAME,
            contact_phone=CONTACT,
        ),
    ).matter
    return {
        "accounts": {**demo.accounts, "neighbour": account},
        "resident": resident,
        "matter": own,
        "left": left,
        "token": links.make(own.pk, Term.objects.get(post=demo.posts["unit"]).pk),
    }


def patterns(found=None, prefix=""):
    for one in found or get_resolver().url_patterns:
        if isinstance(one, URLPattern):
            yield prefix + str(one.pattern), one.pattern.converters
        else:
            yield from patterns(one.url_patterns, prefix + str(one.pattern))


def fills(name, kind, world):
    if name == "community":
        return [COMMUNITY]
    if name in ("matter", "pk"):
        return [str(world["matter"].pk), str(world["left"].pk)]
    if name == "token":
        return [world["token"]]
    if kind == "UUIDConverter":
        return [str(uuid4())]
    return ["192"] if kind == "IntConverter" else ["none"]


def pages(world):
    """Yield every address there is, about both matters."""
    for route, converters in patterns():
        found = [route]
        for name, converter in converters.items():
            values = fills(name, type(converter).__name__, world)
            found = [
                re.sub(rf"<(?:[^<>:]+:)?{name}>", lambda _m, v=value: v, one)
                for one in found
                for value in values
            ]
        yield from ("/" + one for one in found)


def leaks(text):
    plain = text.replace(" ", "").replace("-", "")
    return [what for secret, what in SECRETS.items() if secret in plain]


@pytest.mark.django_db
@pytest.mark.parametrize("role", ROLES)
def test_no_page_shows_a_number_in_clear(world, role):
    browser = Client(raise_request_exception=False)
    if role != "anonymous":
        browser.force_login(world["accounts"][role])
    read, found = 0, []
    for address in dict.fromkeys(pages(world)):
        answer = browser.get(address)
        if answer.streaming or not answer["Content-Type"].startswith(("text/", "application/json")):
            continue
        text = answer.content.decode()
        read += answer.status_code == 200
        found += [f"{address}: {what}" for what in leaks(text)]
        if role in ("anonymous", "neighbour", "department") and NAME in text:
            found.append(f"{address}: name")
        stray = set(NUMBER.findall(re.sub(r"<(?:script|style).*?</(?:script|style)>", "", text)))
        found += [f"{address}: {one}" for one in stray]
    assert read > 5
    assert found == []


@pytest.mark.django_db
def test_the_search_would_find_a_number_shown_in_clear(world):
    """The person's own page shows their own: the same reading finds it there."""
    browser = Client()
    browser.force_login(world["accounts"]["resident"])
    text = browser.get(f"/c/{COMMUNITY}/me/data/").content.decode()
    assert set(leaks(text)) >= {"phone", "identity number"}


@pytest.mark.django_db
def test_the_office_sees_stars(world):
    browser = Client()
    browser.force_login(world["accounts"]["worker"])
    page = browser.get(f"/office/matters/{world['matter'].pk}/").content.decode()
    assert "139****5678" in page


# -- unmasking: a reason, a log, and the person sees it ------------------------------------------


@pytest.mark.django_db
def test_a_reason_opens_the_number_and_stands_on_the_persons_own_page(world):
    worker, resident = Client(), Client()
    worker.force_login(world["accounts"]["worker"])
    resident.force_login(world["accounts"]["resident"])
    reveal = f"/office/matters/{world['matter'].pk}/reveal/"
    log = f"/c/{COMMUNITY}/me/log/"

    for nothing in ("", "  ", "看", "....."):
        answer = worker.post(reveal, {"reason": nothing}, follow=True)
        assert PHONE not in answer.content.decode(), nothing
    assert not Unmasking.objects.exists()
    assert "没有人查看过" in resident.get(log).content.decode()

    shown = worker.post(reveal, {"reason": "回电确认上门时间"})
    assert PHONE in shown.content.decode()
    row = Unmasking.objects.get()
    assert (row.person_id, row.field, row.reason) == (
        world["resident"].pk,
        "phone",
        "回电确认上门时间",
    )
    page = resident.get(log).content.decode()
    assert "回电确认上门时间" in page
    assert row.by_label in page
    assert "今天" in page
    told = Notice.objects.get(person=world["resident"], kind="people.unmasked")
    assert "回电确认上门时间" in told.body
    assert (
        "查看了您的电话号码"
        in resident.get(f"/c/{COMMUNITY}/matters/{world['matter'].pk}/").content.decode()
    )
    # Shown once: the page is masked again when it is opened anew.
    again = worker.get(f"/office/matters/{world['matter'].pk}/").content.decode()
    assert PHONE not in again


@pytest.mark.django_db
@pytest.mark.parametrize("role", ["neighbour", "unit", "building", "grid", "department"])
def test_who_may_not_unmask_gets_nothing_and_leaves_no_log(world, role):
    browser = Client()
    browser.force_login(world["accounts"][role])
    answer = browser.post(
        f"/office/matters/{world['matter'].pk}/reveal/", {"reason": "想打个电话问问"}
    )
    assert answer.status_code in (302, 403, 404)
    assert PHONE not in answer.content.decode()
    assert not Unmasking.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("field", rules.UNMASKABLE)
def test_every_field_that_can_be_unmasked_is_logged(world, actor, field):
    with pytest.raises(Invalid):
        actions.unmask(by=actor("worker"), person=world["resident"].pk, field=field, reason="x")
    actions.unmask(
        by=actor("worker"), person=world["resident"].pk, field=field, reason="核对登记信息"
    )
    assert Unmasking.objects.get().field == field


@pytest.mark.django_db
def test_other_fields_cannot_be_unmasked_at_all(world, actor):
    for field in ("birth_year", "phone_hash", "identity_hash", "language", "x"):
        with pytest.raises(NotFound):
            actions.unmask(
                by=actor("worker"), person=world["resident"].pk, field=field, reason="核对登记信息"
            )
    with pytest.raises((NotFound, NotAllowed)):
        actions.unmask(
            by=actor("resident"), person=world["resident"].pk, field="phone", reason="核对登记信息"
        )
