"""One's own pages, through the real requests."""

import json
from dataclasses import replace
from datetime import timedelta
from io import BytesIO

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from python_calamine import CalamineWorkbook

from liren.base import clock
from liren.matters import actions as matters
from liren.matters.actions import Report
from liren.matters.models import Matter
from liren.people import actions, consents
from liren.people.models import Account, Consent, Mandate, Person, ResidenceClaim, RightsRequest

pytestmark = pytest.mark.django_db
HERE = "220103008003"
ME = f"/c/{HERE}/me/"
PAGES = (
    "",
    "data/",
    "data/delete/",
    "log/",
    "consents/",
    "display/",
    "household/",
    "security/",
    "security/phone/",
    "security/email/",
    "mandates/",
    "mandates/accept/",
)


@pytest.fixture
def signed(make_person):
    """Somebody signed in: the person and their browser."""

    def make(name="王二", phone="13700000001"):
        person = make_person(name, phone=phone)
        browser = Client()
        browser.force_login(person.account)
        return person, browser

    return make


def queries(browser, path):
    with CaptureQueriesContext(
        connection,
    ) as seen:
        assert browser.get(path).status_code == 200, path
    return len(seen)


def test_every_page_draws_and_asks_for_signing_in(signed):
    _person, browser = signed()
    for page in PAGES:
        answer = browser.get(ME + page)
        assert answer.status_code == 200, page
        away = Client().get(ME + page)
        assert away.status_code == 302, page
        assert away.headers["Location"].startswith("/accounts/login/?next="), page


def test_pages_of_another_community_lead_home(signed):
    _person, browser = signed()
    answer = browser.get("/c/220103008004/me/data/")
    assert answer.headers["Location"] == f"{ME}data/"


def test_the_data_page_shows_everything_with_its_reasons(signed, demo, as_person):
    person, browser = signed("韩梅梅")
    matters.report(
        by=as_person(person),
        need=Report(place=demo.unit, text="路灯不亮", reporter=person.pk),
    )
    page = browser.get(ME + "data/").content.decode()
    assert "韩梅梅" in page
    assert "13700000001" in page  # one's own data are not masked
    assert "路灯不亮" in page
    assert "个人信息保护法第十三条" in page


def test_everything_can_be_taken_away(signed, demo, as_person):
    person, browser = signed("韩梅梅")
    matters.report(
        by=as_person(person), need=Report(place=demo.unit, text="=1+1 路灯", reporter=person.pk)
    )
    whole = json.loads(browser.get(ME + "data/take-away.json").content)
    tables = {one["table"]: one for one in whole["tables"]}
    assert tables["people.person"]["rows"][0]["name"] == "韩梅梅"
    assert tables["people.person"]["fields"]["phone"]["purpose"]
    assert tables["matters.matter"]["rows"][0]["text"] == "=1+1 路灯"
    assert [one["section"] for one in whole["more"]] == ["matters.timeline"]
    assert "correct-Horse" not in json.dumps(whole)
    assert person.account.password not in json.dumps(whole)
    sheet = browser.get(ME + "data/take-away.xlsx")
    assert "attachment" in sheet["Content-Disposition"]
    rows = CalamineWorkbook.from_filelike(BytesIO(sheet.content)).get_sheet_by_index(0).to_python()
    assert rows[0][3] == "保存哪些信息"
    # As it was written, and still no formula.
    assert "=1+1 路灯" in [row[3] for row in rows]


def test_a_request_says_its_day_and_is_made_once(signed):
    _person, browser = signed()
    asked = {"kind": "correct", "detail": "姓名应为韩梅"}
    assert browser.post(ME + "data/", asked).status_code == 302
    row = RightsRequest.objects.get()
    assert (row.due - row.asked_at).days >= 15  # fifteen working days are at least three weeks
    assert browser.post(ME + "data/", asked).status_code == 409
    assert browser.post(ME + "data/", {"kind": "nonsense"}).status_code == 422
    assert browser.post(ME + "data/", {"kind": "correct", "detail": " "}).status_code == 422


def test_deletion_asks_first_then_deletes_and_signs_out(signed):
    person, browser = signed()
    assert browser.post(ME + "data/delete/").status_code == 422
    assert Person.objects.get(pk=person.pk).name == "王二"
    done = browser.post(ME + "data/delete/", {"sure": "yes"})
    assert done.status_code == 200
    assert Person.objects.get(pk=person.pk).name == ""
    assert "_auth_user_id" not in browser.session
    assert browser.get(ME).status_code == 302


def test_whoever_looked_is_listed_with_reason(signed, actor):
    person, browser = signed()
    actions.unmask(by=actor("worker"), person=person.pk, field="phone", reason="电话核实地址")
    page = browser.get(ME + "log/").content.decode()
    assert "电话核实地址" in page
    assert "社区为民服务站" in page


def test_consent_is_taken_back_and_what_rests_on_it_ends(signed, as_person):
    from liren.notifications.models import Address

    person, browser = signed()
    consent = actions.give_consent(by=as_person(person), purpose=consents.CONTACT)
    Address.objects.create(
        community=HERE,
        person=person,
        channel="sms",
        target="13700000001",
        changed_by="system:test",
        changed_why="test",
    )
    assert browser.post(f"{ME}consents/{consent.pk}/withdraw/").status_code == 302
    assert Consent.objects.get(pk=consent.pk).withdrawn_at is not None
    assert Address.objects.get().enabled is False
    other, _b = signed("别人", "13700000002")
    theirs = actions.give_consent(by=as_person(other), purpose=consents.CONTACT)
    assert browser.post(f"{ME}consents/{theirs.pk}/withdraw/").status_code == 404


def test_display_is_kept_with_the_account_and_on_the_device(signed):
    person, browser = signed()
    answer = browser.post(ME + "display/", {"language": "en", "large_type": "on"})
    assert answer.cookies["django_language"].value == "en"
    assert answer.cookies["liren_size"].value == "large"
    person.refresh_from_db()
    assert (person.language, person.large_type) == ("en", True)
    assert browser.post(ME + "display/", {"language": "xx"}).status_code == 422


def test_choosing_a_door_makes_a_claim_a_worker_confirms(signed, demo, actor):
    person, browser = signed()
    page = browser.get(f"{ME}household/?at={demo.unit.code}")
    assert demo.household.name in page.content.decode()
    data = {"what": "claim", "at": demo.household.code, "tenure": "tenant"}
    assert browser.post(ME + "household/", data).status_code == 302
    claim = ResidenceClaim.objects.get()
    person.refresh_from_db()
    assert person.place_code == ""  # nothing depends on a claim
    actions.answer_claim(by=actor("worker"), claim=claim.pk, confirm=True)
    person.refresh_from_db()
    assert person.place_code == demo.household.code
    assert browser.post(ME + "household/", {**data, "at": "220103008004"}).status_code == 422


@pytest.mark.parametrize(
    "at",
    [
        "",
        "x",
        "' OR 1=1",
        "9" * 300,
        f"{HERE}999",
        f"{HERE}٣",
        f"{HERE}00100101",
        HERE + "0" * 4000,
    ],
)
def test_a_nonsense_place_shows_the_list_again(signed, at):
    _person, browser = signed()
    assert browser.get(f"{ME}household/", {"at": at}).status_code == 200


def test_asked_for_twice_what_was_typed_is_still_there(signed):
    _person, browser = signed()
    assert browser.post(ME + "data/", {"kind": "correct", "detail": "甲"}).status_code == 302
    again = browser.post(ME + "data/", {"kind": "correct", "detail": "我的出生年份不对"})
    assert again.status_code == 409
    assert "我的出生年份不对" in again.content.decode()
    assert RightsRequest.objects.count() == 1


# -- mandates --------------------------------------------------------------------------------------


def in_days(days):
    return (clock.today() + timedelta(days=days)).isoformat()


def give_by_code(mother, child, scopes=("matters",)):
    page = mother.post(ME + "mandates/", {"scopes": list(scopes), "until": in_days(30)})
    code = page.context["clear"]
    assert code
    shown = child.post(ME + "mandates/accept/", {"code": code})
    assert shown.status_code == 200
    offer = shown.context["offer"]
    assert offer.who in shown.text
    assert offer.scopes in shown.text
    done = child.post(ME + "mandates/accept/", {"code": code, "shown": str(offer.pk)})
    assert done.status_code == 302
    return Mandate.objects.get(revoked_at__isnull=True)


def test_nothing_is_accepted_before_who_for_what_and_until_when_are_said(signed):
    (mother, hers), (_child, theirs) = signed("母亲", "13700000001"), signed("女儿", "13700000002")
    code = hers.post(ME + "mandates/", {"scopes": ["matters"], "until": in_days(30)}).context[
        "clear"
    ]
    for shown in (
        theirs.get(f"{ME}mandates/accept/?code={code}"),
        theirs.post(ME + "mandates/accept/", {"code": code}),
        theirs.post(ME + "mandates/accept/", {"code": code, "shown": "x"}),
    ):
        assert shown.status_code == 200
        assert "母**想请您" in shown.text
        assert in_days(30) in shown.text
        assert mother.name not in shown.text
    assert not Mandate.objects.exists()
    assert theirs.get(f"{ME}mandates/accept/?code=%00%ff").status_code == 200


def test_a_mandate_by_code_works_until_it_is_revoked_with_one_tap(signed, demo):
    (mother, hers), (child, theirs) = signed("母亲", "13700000001"), signed("女儿", "13700000002")
    mandate = give_by_code(hers, theirs)
    assert theirs.post(f"{ME}mandates/{mandate.pk}/act/").status_code == 302
    page = theirs.get(f"/c/{HERE}/").content.decode()
    assert "您正在替母亲办事" in page
    theirs.post(
        f"/c/{HERE}/report/",
        {"place": str(demo.unit.pk), "text": "灯坏了", "once": "a"},
    )
    for matter in Matter.objects.filter(text="灯坏了"):
        assert (matter.reporter_id, matter.agent_id) == (mother.pk, child.pk)
    assert hers.post(f"{ME}mandates/{mandate.pk}/revoke/").status_code == 302
    page = theirs.get(f"/c/{HERE}/").content.decode()
    assert "您正在替" not in page
    assert "acting_for" not in theirs.session


def test_nothing_is_sent_under_a_mandate_that_ended_meanwhile(signed, demo):
    (_mother, hers), (_child, theirs) = signed("母亲", "13700000001"), signed("女儿", "13700000002")
    mandate = give_by_code(hers, theirs)
    theirs.post(f"{ME}mandates/{mandate.pk}/act/")
    hers.post(f"{ME}mandates/{mandate.pk}/revoke/")
    answer = theirs.post(
        f"/c/{HERE}/report/", {"place": str(demo.unit.pk), "text": "替妈妈报", "once": "b"}
    )
    assert answer.status_code == 409
    assert not Matter.objects.filter(text="替妈妈报").exists()


def test_a_mandate_for_matters_opens_no_data(signed):
    (_mother, hers), (_child, theirs) = signed("母亲", "13700000001"), signed("女儿", "13700000002")
    mandate = give_by_code(hers, theirs)
    theirs.post(f"{ME}mandates/{mandate.pk}/act/")
    assert theirs.get(ME).status_code == 200
    for page in ("data/", "data/take-away.json", "log/", "data/delete/", "mandates/", "security/"):
        assert theirs.get(ME + page).status_code == 403, page
    assert theirs.post(ME + "data/delete/", {"sure": "yes"}).status_code == 403


def test_a_mandate_for_data_shows_and_corrects_but_never_deletes(signed):
    (mother, hers), (_child, theirs) = signed("母亲", "13700000001"), signed("女儿", "13700000002")
    mandate = give_by_code(hers, theirs, ("matters", "privacy"))
    theirs.post(f"{ME}mandates/{mandate.pk}/act/")
    assert "母亲" in theirs.get(ME + "data/").content.decode()
    asked = {"kind": "correct", "detail": "姓名有误"}
    assert theirs.post(ME + "data/", asked).status_code == 302
    assert RightsRequest.objects.get().person_id == mother.pk
    assert theirs.post(ME + "data/", {"kind": "erase"}).status_code == 403
    assert theirs.post(ME + "data/delete/", {"sure": "yes"}).status_code == 403


def test_a_mandate_by_phone_number_waits_to_be_accepted(signed):
    (_mother, hers), (_child, theirs) = signed("母亲", "13700000001"), signed("女儿", "13700000002")
    data = {"phone": "137 0000 0002", "scopes": ["matters"], "until": in_days(30)}
    assert hers.post(ME + "mandates/", data).status_code == 302
    assert not Mandate.objects.exists()
    page = theirs.get(ME + "mandates/")
    (offer,) = page.context["offers"]
    assert hers.post(f"{ME}mandates/offers/{offer.pk}/").status_code == 404
    assert theirs.post(f"{ME}mandates/offers/{offer.pk}/").status_code == 302
    assert Mandate.objects.count() == 1
    assert theirs.post(f"{ME}mandates/offers/{offer.pk}/").status_code == 404


def test_an_offer_to_a_number_without_account_looks_the_same(signed):
    _mother, hers = signed("母亲", "13700000001")
    data = {"phone": "13700000077", "scopes": ["matters"], "until": in_days(30)}
    answer = hers.post(ME + "mandates/", data)
    assert answer.status_code == 302


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"until": in_days(0)}, "until"),
        ({"until": in_days(800)}, "until"),
        ({"until": "gestern"}, "until"),
        ({"scopes": []}, "scopes"),
        ({"scopes": ["everything"]}, "scopes"),
        ({"phone": "123"}, "phone"),
        ({"phone": "13700000001"}, "phone"),
    ],
)
def test_a_mandate_that_cannot_be_is_said_beside_its_field(signed, change, field):
    _mother, hers = signed("母亲", "13700000001")
    data = {"phone": "13700000002", "scopes": ["matters"], "until": in_days(30), **change}
    answer = hers.post(ME + "mandates/", data)
    assert answer.status_code == 422
    assert field in answer.context["form"].errors


def test_nobody_acts_under_a_mandate_of_others(signed):
    (_m, hers), (_c, theirs), (_o, other) = (
        signed("母亲", "13700000001"),
        signed("女儿", "13700000002"),
        signed("外人", "13700000003"),
    )
    mandate = give_by_code(hers, theirs)
    assert other.post(f"{ME}mandates/{mandate.pk}/act/").status_code == 404
    assert other.post(f"{ME}mandates/{mandate.pk}/revoke/").status_code == 404
    assert hers.post(f"{ME}mandates/{mandate.pk}/act/").status_code == 404
    mandate.refresh_from_db()
    assert mandate.revoked_at is None


def test_a_mandate_ends_with_its_day(signed):
    (_m, hers), (_c, theirs) = signed("母亲", "13700000001"), signed("女儿", "13700000002")
    mandate = give_by_code(hers, theirs)
    theirs.post(f"{ME}mandates/{mandate.pk}/act/")
    with clock.freeze(clock.now() + timedelta(days=31)):
        assert "您正在替" not in theirs.get(f"/c/{HERE}/").content.decode()


def test_a_new_mandate_for_the_same_person_takes_the_old_ones_place(signed):
    (_m, hers), (_c, theirs) = signed("母亲", "13700000001"), signed("女儿", "13700000002")
    first = give_by_code(hers, theirs)
    second = give_by_code(hers, theirs, ("matters", "privacy"))
    assert first.pk != second.pk
    assert Mandate.objects.filter(revoked_at__isnull=True).count() == 1


def test_pages_need_the_same_statements_for_one_and_for_three(signed, actor, demo, as_person):
    person, browser = signed()
    children = [signed(f"孩子{n}", f"1370000010{n}")[0] for n in range(3)]

    def add(child):
        offer = actions.offer_mandate(
            by=as_person(person), scopes=["matters"], until=clock.today() + timedelta(days=9)
        )
        actions.accept_mandate(by=as_person(child), community=HERE, code=offer.clear)
        actions.unmask(by=actor("worker"), person=person.pk, field="phone", reason="电话核实地址")
        matters.report(
            by=as_person(person),
            need=Report(place=demo.unit, text=f"灯 {child.name}", reporter=person.pk),
        )
        offer = actions.offer_mandate(
            by=as_person(child), scopes=["matters"], until=clock.today() + timedelta(days=9)
        )
        actions.accept_mandate(by=as_person(person), community=HERE, code=offer.clear)

    add(children[0])
    pages = ("", "mandates/", "log/", "data/")
    one = {page: queries(browser, ME + page) for page in pages}
    for child in children[1:]:
        add(child)
    assert {page: queries(browser, ME + page) for page in pages} == one


def test_the_account_of_a_deleted_person_is_gone(signed):
    person, browser = signed()
    browser.post(ME + "data/delete/", {"sure": "yes"})
    assert not Account.objects.filter(username=f"u-{person.phone}").exists()


def test_lists_of_deeds_messages_and_consents_need_no_more_statements(
    signed, make_person, demo, as_person
):
    mother, browser = signed("母亲")
    agent = as_person(make_person("女儿", phone="13700000002"))
    offer = actions.offer_mandate(
        by=as_person(mother), scopes=["matters"], until=clock.today() + timedelta(days=9)
    )
    actions.accept_mandate(by=agent, community=HERE, code=offer.clear)
    acting = replace(agent, acting_for=mother.pk)

    def add(number):
        matters.report(
            by=acting, need=Report(place=demo.unit, text=f"灯{number}", reporter=mother.pk)
        )
        Consent.objects.create(
            community=HERE,
            person=mother,
            purpose=consents.CONTACT,
            wording=f"第{number}版",
            withdrawn_at=clock.now(),
            changed_by="system:test",
            changed_why="test",
        )

    # What each page lists must be there, or the count would say nothing.
    pages = {"mandates/done/": "灯{}", "messages/": "女儿", "consents/": "第{}版"}
    browser.get(ME)
    add(1)
    one = {page: queries(browser, ME + page) for page in pages}
    for page, said in pages.items():
        assert said.format(1) in browser.get(ME + page).text, page
    add(2)
    add(3)
    assert {page: queries(browser, ME + page) for page in pages} == one
    for page, said in pages.items():
        assert said.format(3) in browser.get(ME + page).text, page
