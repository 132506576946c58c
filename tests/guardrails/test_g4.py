"""G4: access, correction, export, withdrawal and deletion from the resident's own page; a mandate
that ends the moment its giver says so. All through the pages.
"""

import json
import re
from datetime import timedelta
from io import BytesIO

import pytest
from django.test import Client
from python_calamine import CalamineWorkbook

from liren.base import clock
from liren.base.crypto import key_hash
from liren.demo.community import COMMUNITY, TRACK
from liren.matters import actions as matters
from liren.matters.actions import Report
from liren.matters.models import Entry, Matter
from liren.notifications.models import Address, Notice
from liren.organisation.queries import actor_for
from liren.people import actions, consents
from liren.people.models import (
    Account,
    Mandate,
    OneTimeCode,
    Person,
    Residence,
    ResidenceClaim,
    RightsRequest,
)

pytestmark = pytest.mark.django_db
HOME = f"/c/{COMMUNITY}/"
ME = f"{HOME}me/"


@pytest.fixture
def sign_in(demo):
    """Make somebody with an account, and their browser."""

    def make(name, phone):
        hashed = key_hash(phone, "phone")
        person = Person.objects.create(
            community=COMMUNITY, name=name, phone=phone, phone_hash=hashed, synthetic=True, **TRACK
        )
        account = Account.objects.create_user(
            username=f"u-{phone}",
            password="correct-Horse-7",
            person=person,
            community=COMMUNITY,
            phone=phone,
            phone_hash=hashed,
            phone_verified=True,
        )
        browser = Client()
        browser.force_login(account)
        return person, browser

    return make


@pytest.fixture
def resident(sign_in, demo):
    """Somebody who reported one need."""
    person, browser = sign_in("韩梅梅", "13700000001")
    matter = matters.report(
        by=actor_for(person.pk, home=COMMUNITY),
        need=Report(place=demo.unit, text="三楼楼道灯不亮", reporter=person.pk),
    ).matter
    return person, browser, matter


# -- the five rights ---------------------------------------------------------------------------


def test_every_right_is_one_or_two_taps_from_the_bottom_bar(resident):
    _person, browser, _matter = resident
    home = browser.get(HOME).content.decode()
    assert f'href="{ME}"' in home
    me = browser.get(ME).content.decode()
    for page in ("data/", "log/", "consents/", "mandates/"):
        assert f'href="{ME}{page}"' in me, page
    data = browser.get(f"{ME}data/").content.decode()
    for page in (
        "data/take-away.xlsx",
        "data/take-away.json",
        "data/correct/name/",
        "data/delete/",
    ):
        assert f'href="{ME}{page}"' in data, page


def test_access_shows_each_entry_with_purpose_ground_time_and_readers(resident):
    _person, browser, _matter = resident
    page = browser.get(f"{ME}data/").content.decode()
    for said in ("韩梅梅", "13700000001", "三楼楼道灯不亮"):
        assert said in page
    assert "个人信息保护法第十三条" in page
    assert page.count("谁能看") >= 1


def test_correction_counts_at_once_and_takes_nothing_impossible(resident):
    person, browser, _matter = resident
    assert browser.post(f"{ME}data/correct/name/", {"value": "韩梅"}).status_code == 302
    person.refresh_from_db()
    assert (person.name, person.name_pinyin[:3]) == ("韩梅", "han")
    assert "韩梅" in browser.get(ME).content.decode()
    assert browser.post(f"{ME}data/correct/birth_year/", {"value": "1952"}).status_code == 302
    for wrong in ("1000", "3000", "abcd"):
        answer = browser.post(f"{ME}data/correct/birth_year/", {"value": wrong})
        assert answer.status_code == 422, wrong
        assert wrong in answer.content.decode()
    assert browser.post(f"{ME}data/correct/name/", {"value": " "}).status_code == 422
    assert browser.post(f"{ME}data/correct/phone/", {"value": "1"}).status_code == 404
    person.refresh_from_db()
    assert (person.name, person.birth_year) == ("韩梅", 1952)


def test_what_was_checked_against_a_card_goes_through_the_office(resident):
    person, browser, _matter = resident
    Person.objects.filter(pk=person.pk).update(identity_hash=b"x" * 32)
    assert browser.post(f"{ME}data/correct/name/", {"value": "别人"}).status_code == 409
    assert Person.objects.get(pk=person.pk).name == "韩梅梅"
    asked = {"kind": "correct", "detail": "姓名应为韩梅"}
    assert browser.post(f"{ME}data/", asked).status_code == 302
    assert RightsRequest.objects.get().due is not None


def test_export_is_a_sheet_to_read_and_json(resident):
    _person, browser, matter = resident
    sheet = browser.get(f"{ME}data/take-away.xlsx")
    assert "attachment" in sheet["Content-Disposition"]
    rows = CalamineWorkbook.from_filelike(BytesIO(sheet.content)).get_sheet_by_index(0).to_python()
    said = [cell for row in rows for cell in row]
    for value in ("韩梅梅", "13700000001", "三楼楼道灯不亮", matter.number):
        assert value in said
    whole = json.loads(browser.get(f"{ME}data/take-away.json").content)
    fields = [
        field
        for table in whole["tables"]
        for name, field in table["fields"].items()
        if any(row.get(name) is not None for row in table["rows"])
    ]
    assert len(fields) > 10
    for field in fields:
        assert field["purpose"], field
        assert field["legal_basis"], field
        assert field["retention"], field
        assert field["readers"], field


def test_withdrawing_ends_what_rested_on_it_as_easily_as_it_was_given(
    resident, settings, as_reached
):
    person, browser, _matter = resident
    answer = browser.post(f"{ME}reach/", {"ways": ["sms"]})
    assert answer.status_code == 422  # nothing is sent without agreeing to it
    assert not Address.objects.exists()
    assert browser.post(f"{ME}reach/", {"ways": ["sms"], "agree": "on"}).status_code == 302
    assert Address.objects.get().enabled
    consent = person.consents.get(purpose=consents.CONTACT)
    page = browser.get(f"{ME}consents/").content.decode()
    assert f"consents/{consent.pk}/withdraw/" in page
    assert browser.post(f"{ME}consents/{consent.pk}/withdraw/").status_code == 302
    assert not Address.objects.get().enabled
    # Switching it off on the other page takes the consent back too.
    browser.post(f"{ME}reach/", {"ways": ["sms"], "agree": "on"})
    assert browser.post(f"{ME}reach/", {}).status_code == 302
    assert not person.consents.filter(purpose=consents.CONTACT, withdrawn_at=None).exists()


@pytest.fixture
def as_reached(settings):
    """An operator who set text messages up."""
    settings.LIREN_SMS_URL = "json://127.0.0.1:9/{phone}"


def test_deletion_says_what_stays_and_why_and_then_deletes(resident):
    person, browser, matter = resident
    page = browser.get(f"{ME}data/delete/").content.decode()
    assert "未办结事项的内容" in page
    assert "办结后删除" in page
    assert browser.post(f"{ME}data/delete/").status_code == 422
    assert Person.objects.get(pk=person.pk).name == "韩梅梅"
    done = browser.post(f"{ME}data/delete/", {"sure": "yes"})
    assert done.status_code == 200
    left = Person.objects.get(pk=person.pk)
    assert (left.name, left.phone, left.phone_hash) == ("", None, None)
    assert not Account.objects.filter(username="u-13700000001").exists()
    matter.refresh_from_db()
    assert (matter.reporter_id, matter.text) == (None, "三楼楼道灯不亮")
    assert browser.get(ME).status_code == 302
    # And for good: neither the number nor a second try brings it back.
    assert browser.post(f"{ME}data/delete/", {"sure": "yes"}).status_code == 302


def test_what_is_asked_can_be_taken_back_while_it_waits(resident, demo, actor):
    person, browser, _matter = resident
    browser.post(f"{ME}data/", {"kind": "erase"})
    row = RightsRequest.objects.get()
    url = f"{ME}data/requests/{row.pk}/take-back/"
    assert url in browser.get(f"{ME}data/").content.decode()
    assert browser.post(url).status_code == 302
    row.refresh_from_db()
    assert row.state == "dropped"
    assert browser.post(url).status_code == 302
    # The way is free for a new one; an answered one stays answered.
    browser.post(f"{ME}data/", {"kind": "erase"})
    second = RightsRequest.objects.get(state="open")
    actions.answer_request(by=actor("worker"), request=second.pk, grant=False, words="请先结清")
    assert browser.post(f"{ME}data/requests/{second.pk}/take-back/").status_code == 409
    assert Person.objects.get(pk=person.pk).erased_at is None


def test_what_is_asked_on_ones_own_page_is_answered_at_the_desk_and_read_there(resident, demo):
    person, browser, _matter = resident
    asked = {"kind": "object", "detail": "不要再打我的电话"}
    assert browser.post(f"{ME}data/", asked).status_code == 302
    claim = {"what": "claim", "at": demo.household.code, "tenure": "owner"}
    assert browser.post(f"{ME}household/", claim).status_code == 302
    worker = Client()
    worker.force_login(demo.accounts["worker"])
    page = worker.get("/office/requests/").content.decode()
    assert "不要再打我的电话" in page
    assert "韩梅梅" not in page
    answers = re.findall(r'action="(/office/requests/[^"]+/answer/)"', page)
    assert len(answers) == 2
    said = "今后只发消息，不再打电话。"
    for address in answers:
        sent = worker.post(address, {"decision": "grant", "words": said})
        assert sent.status_code == 302, address
    assert said in browser.get(f"{ME}data/").content.decode()
    assert demo.household.full_name in browser.get(f"{ME}household/").content.decode()
    told = browser.get(f"{ME}messages/").content.decode()
    assert told.count(said) == 2
    assert Notice.objects.filter(person=person, link=f"{ME}data/").exists()


def test_a_claim_is_taken_back_and_a_household_left(resident, demo):
    person, browser, _matter = resident
    data = {"what": "claim", "at": demo.household.code, "tenure": "tenant"}
    browser.post(f"{ME}household/", data)
    claim = ResidenceClaim.objects.get()
    assert browser.post(f"{ME}household/claims/{claim.pk}/take-back/").status_code == 302
    assert not ResidenceClaim.objects.exists()
    residence = Residence.objects.create(
        community=COMMUNITY,
        person=person,
        place=demo.household,
        place_code=demo.household.code,
        tenure="owner",
        **TRACK,
    )
    Person.objects.filter(pk=person.pk).update(place_code=demo.household.code)
    assert browser.post(f"{ME}household/{residence.pk}/leave/").status_code == 302
    residence.refresh_from_db()
    person.refresh_from_db()
    assert (residence.until, person.place_code) == (clock.today(), "")


def test_nobody_uses_the_rights_of_another(resident, sign_in, demo):
    person, browser, _matter = resident
    browser.post(f"{ME}data/", {"kind": "erase"})
    _other, theirs = sign_in("外人", "13700000009")
    request = RightsRequest.objects.get()
    residence = Residence.objects.create(
        community=COMMUNITY,
        person=person,
        place=demo.household,
        place_code=demo.household.code,
        tenure="owner",
        **TRACK,
    )
    for url in (
        f"{ME}data/requests/{request.pk}/take-back/",
        f"{ME}household/{residence.pk}/leave/",
    ):
        assert theirs.post(url).status_code == 404, url
    page = theirs.get(f"{ME}data/").content.decode()
    assert "韩梅梅" not in page
    assert "13700000001" not in page
    anonymous = Client()
    for page in ("data/take-away.json", "data/take-away.xlsx"):
        assert anonymous.get(f"{ME}{page}").status_code == 302


# -- the mandate -------------------------------------------------------------------------------


@pytest.fixture
def pair(sign_in, demo):
    """A mother, her daughter, and the mandate between them, given by code on the pages."""
    mother, hers = sign_in("母亲", "13700000001")
    daughter, theirs = sign_in("女儿", "13700000002")
    until = (clock.today() + timedelta(days=30)).isoformat()
    page = hers.post(f"{ME}mandates/", {"scopes": ["matters"], "until": until})
    assert page.status_code == 200
    link = page.context["link"]
    assert page.context["clear"] in link
    assert link in page.content.decode()
    # The link opens the form with the code in it; only pressing the button accepts.
    path = re.sub(r"^https?://[^/]+", "", link)
    shown = theirs.get(path)
    assert page.context["clear"] in shown.content.decode()
    assert not Mandate.objects.exists()
    shown = str(theirs.get(path).context["offer"].pk)
    sent = theirs.post(path, {"code": page.context["clear"], "shown": shown})
    assert sent.status_code == 302
    return mother, hers, daughter, theirs, Mandate.objects.get()


def act(browser, mandate):
    assert browser.post(f"{ME}mandates/{mandate.pk}/act/").status_code == 302


def report(browser, demo, text, once):
    return browser.post(
        f"{HOME}report/", {"place": demo.unit.code, "text": text, "once": once}, follow=False
    )


def test_a_link_survives_signing_in(pair, sign_in):
    _mother, hers, _daughter, _theirs, _mandate = pair
    until = (clock.today() + timedelta(days=9)).isoformat()
    link = hers.post(f"{ME}mandates/", {"scopes": ["matters"], "until": until}).context["link"]
    path = re.sub(r"^https?://[^/]+", "", link)
    away = Client().get(path)
    assert away.status_code == 302
    assert "code%3D" in away["Location"]


def test_the_banner_is_on_every_page_and_stops_with_one_tap(pair, demo):
    _mother, _hers, _daughter, theirs, mandate = pair
    act(theirs, mandate)
    assert report(theirs, demo, "灯坏了", "a").status_code == 302
    matter = Matter.objects.get(text="灯坏了")
    for page in (
        HOME,
        f"{HOME}report/?place={demo.unit.code}",
        f"{HOME}report/place/",
        f"{HOME}matters/",
        f"{HOME}matters/{matter.pk}/",
        f"{HOME}matters/{matter.pk}/receipt/",
        f"{HOME}lookup/",
        f"{HOME}leaders/",
        f"{HOME}talk/",
        f"{HOME}services/",
        ME,
        f"{ME}data/",  # refused: the page that says so bears it too
    ):
        text = theirs.get(page).content.decode()
        assert "正在替母亲办事" in text, page
        assert f'action="{ME}acting/stop/"' in text, page
    assert theirs.post(f"{ME}acting/stop/").status_code == 302
    assert "正在替" not in theirs.get(HOME).content.decode()


def test_the_agent_reports_answers_and_rates_for_the_person(pair, demo, actor):
    mother, hers, daughter, theirs, mandate = pair
    act(theirs, mandate)
    report(theirs, demo, "三楼楼道灯不亮", "a")
    matter = Matter.objects.get(text="三楼楼道灯不亮")
    assert (matter.reporter_id, matter.agent_id) == (mother.pk, daughter.pk)
    leader = next(
        role
        for role in ("unit", "building", "grid", "worker")
        if demo.posts[role].pk == matter.holder_id
    )
    matters.accept(by=actor(leader), matter=matter.pk)
    matters.handle(by=actor(leader), matter=matter.pk, words="换了灯泡")
    matter.refresh_from_db()
    assert matter.status == "answering"
    page = f"{HOME}matters/{matter.pk}/"
    answered = theirs.post(
        f"{page}answer/",
        {"solved": "yes", "satisfied": "yes", "words": "亮了", "seen": matter.version},
    )
    assert answered.status_code == 302
    assert theirs.post(f"{page}rate/", {"satisfied": "soso", "words": ""}).status_code == 302
    matter.refresh_from_db()
    assert (matter.ending, matter.satisfied) == ("solved", "soso")
    done = {e.verb for e in Entry.objects.filter(matter=matter, by=f"person:{daughter.pk}")}
    assert done >= {"report", "answer_solved", "rate"}

    # The giver is told of each, sees who it was on the matter, and all of it on one page.
    told = Notice.objects.filter(person=mother, kind="mandate.used")
    assert told.count() >= 3
    assert all("女儿" in one.title for one in told)
    assert "女儿（受您委托）" in hers.get(page).content.decode()
    listed = hers.get(f"{ME}mandates/done/").content.decode()
    assert listed.count("女儿") >= 3
    assert "三楼楼道灯不亮" in listed
    # No query code is left in other hands.
    assert theirs.post(f"{page}code/").status_code == 403


def test_revoking_in_the_middle_counts_with_the_next_click(pair, demo):
    _mother, hers, _daughter, theirs, mandate = pair
    act(theirs, mandate)
    report(theirs, demo, "灯坏了", "a")
    matter = Matter.objects.get(text="灯坏了")
    page = f"{HOME}matters/{matter.pk}/"
    assert theirs.get(page).status_code == 200
    assert hers.post(f"{ME}mandates/{mandate.pk}/revoke/").status_code == 302

    # The form that was open is not sent, in nobody's name; nothing of the matter is seen any more.
    late = report(theirs, demo, "还有一件", "b")
    assert late.status_code == 409
    assert "委托已" in late.content.decode()
    assert not Matter.objects.filter(text="还有一件").exists()
    assert theirs.get(page).status_code == 404
    assert theirs.post(f"{page}add/", {"words": "补充"}).status_code == 404
    assert theirs.get(f"{page}receipt/").status_code == 404
    assert theirs.post(f"{ME}mandates/{mandate.pk}/act/").status_code == 404
    assert "正在替" not in theirs.get(HOME).content.decode()
    # What was done stays the mother's, and she still sees who did it.
    assert hers.get(page).status_code == 200
    assert "灯坏了" in hers.get(f"{ME}mandates/done/").content.decode()


def test_whoever_lost_a_mandate_is_told_nothing_more(pair, demo, actor):
    mother, hers, daughter, theirs, mandate = pair
    act(theirs, mandate)
    report(theirs, demo, "灯坏了", "a")
    matter = Matter.objects.get(text="灯坏了")
    leader = actor("unit") if matter.holder_id == demo.posts["unit"].pk else actor("building")
    matters.accept(by=leader, matter=matter.pk)
    assert Notice.objects.filter(person=daughter, kind="matter.accept").exists()
    hers.post(f"{ME}mandates/{mandate.pk}/revoke/")
    before = Notice.objects.filter(person=daughter).count()
    matters.handle(by=leader, matter=matter.pk, words="换了灯泡")
    assert Notice.objects.filter(person=daughter).count() == before
    assert Notice.objects.filter(person=mother, kind="matter.handle").exists()


def test_revoking_needs_no_reason_and_works_for_both_and_twice(pair):
    _mother, hers, _daughter, theirs, mandate = pair
    assert theirs.post(f"{ME}mandates/{mandate.pk}/revoke/").status_code == 302
    assert hers.post(f"{ME}mandates/{mandate.pk}/revoke/").status_code == 302
    mandate.refresh_from_db()
    assert mandate.revoked_at is not None
    assert Notice.objects.filter(person=mandate.grantor_id, kind="mandate.revoked").count() == 1


def test_an_offer_is_taken_back_before_anybody_accepts(sign_in):
    _mother, hers = sign_in("母亲", "13700000001")
    _daughter, theirs = sign_in("女儿", "13700000002")
    until = (clock.today() + timedelta(days=30)).isoformat()
    code = hers.post(f"{ME}mandates/", {"scopes": ["matters"], "until": until}).context["clear"]
    offer = OneTimeCode.objects.get()
    assert theirs.post(f"{ME}mandates/offers/{offer.pk}/take-back/").status_code == 404
    assert hers.post(f"{ME}mandates/offers/{offer.pk}/take-back/").status_code == 302
    assert theirs.post(f"{ME}mandates/accept/", {"code": code}).status_code == 422
    assert not Mandate.objects.exists()


def test_a_mandate_gives_no_powers_of_a_post_and_cannot_be_passed_on(pair, demo):
    mother, _hers, _daughter, theirs, mandate = pair
    act(theirs, mandate)
    until = (clock.today() + timedelta(days=9)).isoformat()
    assert theirs.get(f"{ME}mandates/").status_code == 403
    answer = theirs.post(f"{ME}mandates/", {"scopes": ["matters"], "until": until})
    assert answer.status_code == 403
    for page in ("data/", "log/", "consents/", "security/", "messages/", "data/delete/"):
        assert theirs.get(f"{ME}{page}").status_code == 403, page
    assert theirs.get(f"{ME}data/take-away.json").status_code == 403
    assert Person.objects.get(pk=mother.pk).name == "母亲"
