"""Signing in and joining, through the real pages."""

import re
import time
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth
from django.test import Client
from django.urls import NoReverseMatch, reverse

from liren.base import clock
from liren.people import actions, hooks
from liren.people.enums import CodeKind
from liren.people.models import Account, Consent, OneTimeCode, Person, Residence

pytestmark = pytest.mark.django_db
HERE = "220103008003"
PHONE = "13700000001"


@pytest.fixture
def sent(monkeypatch):
    """Texts that went to the operator's gateway: (channel, target, body)."""
    out = []
    monkeypatch.setattr(hooks._hooks, "reaches", lambda channel: channel in ("sms", "email"))
    monkeypatch.setattr(
        hooks._hooks,
        "send",
        lambda channel, target, title, body: out.append((channel, target, body)),
    )
    return out


def code_in(sent):
    return re.search(r"\d{6}", sent[-1][2]).group()


def login(client, name, password, **more):
    return client.post("/accounts/login/", {"login": name, "password": password, **more})


@pytest.mark.parametrize("typed", [PHONE, "+86 137 0000 0001", f"u-{PHONE}"])
def test_a_password_opens_the_account_by_phone_or_name(make_person, client, typed):
    make_person("王二", phone=PHONE)
    answer = login(client, typed, "correct-Horse-7")
    assert answer.status_code == 302
    assert answer.headers["Location"] == "/accounts/home/"
    home = client.get("/accounts/home/")
    assert home.headers["Location"] == f"/c/{HERE}/"


def test_wrong_password_and_unknown_name_look_the_same(make_person, client):
    make_person("王二", phone=PHONE)
    wrong = login(client, PHONE, "not-the-Password-1")
    unknown = login(client, "13700000099", "not-the-Password-1")
    assert wrong.status_code == unknown.status_code == 200

    def plain(answer, typed):
        text = answer.content.decode().replace(typed, "N")
        return re.sub(r"[A-Za-z0-9]{64}", "", text)  # the form's protection tokens

    assert plain(wrong, PHONE) == plain(unknown, "13700000099")


def test_the_lock_after_many_tries_tells_nothing_either(make_person):
    make_person("王二", phone=PHONE)
    for typed in (PHONE, "13700000098"):
        said = []
        for n in range(14):
            # Each from another browser: the name itself is what is locked.
            answer = login(Client(REMOTE_ADDR=f"10.0.{n}.1"), typed, "not-the-Password-1")
            said.append("quarter" in answer.content.decode() or "一刻钟" in answer.content.decode())
        assert said[0] is False
        assert said[-1] is True
    assert login(Client(), PHONE, "correct-Horse-7").status_code == 200  # locked, though right


def test_a_code_by_phone_signs_in(make_person, client, sent):
    make_person("王二", phone=PHONE)
    assert client.post("/accounts/code/", {"to": "137 0000 0001"}).status_code == 302
    assert sent[-1][:2] == ("sms", PHONE)
    page = client.get("/accounts/code/confirm/")
    assert page.status_code == 200
    assert client.post("/accounts/code/confirm/", {"code": "000000"}).status_code == 200
    done = client.post("/accounts/code/confirm/", {"code": code_in(sent)})
    assert done.headers["Location"] == "/accounts/home/"
    assert "_auth_user_id" in client.session


def test_a_code_by_confirmed_e_mail_signs_in(make_person, client, sent):
    person = make_person("王二", phone=PHONE)
    actions.confirm_email(account=person.account, email="Wang@Example.org")
    client.post("/accounts/code/", {"to": "wang@example.org"})
    assert sent[-1][:2] == ("email", "wang@example.org")
    client.post("/accounts/code/confirm/", {"code": code_in(sent)})
    assert "_auth_user_id" in client.session


def test_an_unknown_number_gets_the_same_page_and_no_message(client, demo, sent):
    answer = client.post("/accounts/code/", {"to": "13700000097"})
    assert answer.headers["Location"].startswith("/accounts/code/confirm/")
    assert sent == []
    assert client.post("/accounts/code/confirm/", {"code": "123456"}).status_code == 200
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize("typed", ["", "abc", "12345", "a@b", "<script>", "1" * 400])
def test_what_is_no_number_is_said_beside_the_field(client, demo, sent, typed):
    answer = client.post("/accounts/code/", {"to": typed})
    assert answer.status_code == 200
    assert "aria-invalid" in answer.content.decode()
    assert sent == []


def test_signing_in_gives_a_new_session_and_signing_out_ends_it(make_person, client):
    make_person("王二", phone=PHONE)
    client.get("/accounts/login/")
    session = client.session
    session["x"] = 1
    session.save()
    before = client.session.session_key
    login(client, PHONE, "correct-Horse-7")
    after = client.session.session_key
    assert before != after
    client.post("/accounts/logout/")
    assert "_auth_user_id" not in client.session


def test_only_pages_of_ours_are_followed_after_signing_in(make_person, client):
    make_person("王二", phone=PHONE)
    answer = login(client, PHONE, "correct-Horse-7", next="https://evil.example/")
    assert "evil" not in answer.headers["Location"]
    client.post("/accounts/logout/")
    answer = login(client, PHONE, "correct-Horse-7", next=f"/c/{HERE}/me/")
    assert answer.headers["Location"] == f"/c/{HERE}/me/"


@pytest.mark.parametrize(
    "name",
    [
        "account_email",
        "account_reset_password",
        "account_confirm_email",
        "account_change_phone",
        "mfa_signup_webauthn",
    ],
)
def test_pages_we_do_not_use_are_not_there(name):
    with pytest.raises(NoReverseMatch):
        reverse(name)


# -- joining ---------------------------------------------------------------------------------------


def test_joining_by_phone_takes_two_steps_and_keeps_the_consent(client, demo, sent):
    page = client.get(f"/c/{HERE}/join/")
    assert page.status_code == 200
    answer = client.post(f"/c/{HERE}/join/", {"phone": PHONE, "name": "新邻居", "agree": "on"})
    assert answer.headers["Location"] == f"/c/{HERE}/join/code/"
    assert not Account.objects.filter(phone_hash__isnull=False).exists()  # nothing before proof
    done = client.post(f"/c/{HERE}/join/code/", {"code": code_in(sent)})
    assert done.headers["Location"] == f"/c/{HERE}/me/"
    account = Account.objects.get(phone_verified=True)
    assert account.phone == PHONE
    assert account.person.name == "新邻居"
    assert account.person.place_code == ""  # belonging to a household is another step
    assert Consent.objects.get(person=account.person).purpose == "account"
    assert client.session["_auth_user_id"] == str(account.pk)


def test_joining_without_consent_is_refused(client, demo, sent):
    answer = client.post(f"/c/{HERE}/join/", {"phone": PHONE})
    assert answer.status_code == 422
    assert sent == []


def test_whoever_has_an_account_gets_it_back_by_joining_again(make_person, client, sent):
    person = make_person("王二", phone=PHONE)
    client.post(f"/c/{HERE}/join/", {"phone": PHONE, "agree": "on"})
    client.post(f"/c/{HERE}/join/code/", {"code": code_in(sent)})
    assert client.session["_auth_user_id"] == str(person.account.pk)
    assert Account.objects.filter(phone_verified=True).count() == 1


def test_a_recorded_person_is_taken_up_only_with_the_name(make_person, client, sent):
    recorded = make_person("李四", phone=PHONE, account=False)
    for name, taken in (("别人", False), ("李四", True)):
        Account.objects.filter(phone_verified=True).delete()
        browser = Client()
        browser.post(f"/c/{HERE}/join/", {"phone": PHONE, "name": name, "agree": "on"})
        browser.post(f"/c/{HERE}/join/code/", {"code": code_in(sent)})
        account = Account.objects.get(phone_verified=True)
        assert (account.person_id == recorded.pk) is taken


def test_five_wrong_codes_end_the_proof(client, demo, sent):
    client.post(f"/c/{HERE}/join/", {"phone": PHONE, "agree": "on"})
    wrong = f"{(int(code_in(sent)) + 1) % 10**6:06d}"
    for _ in range(4):
        assert client.post(f"/c/{HERE}/join/code/", {"code": wrong}).status_code == 422
    assert client.post(f"/c/{HERE}/join/code/", {"code": wrong}).status_code == 410
    assert client.post(f"/c/{HERE}/join/code/", {"code": code_in(sent)}).status_code == 302
    assert Account.objects.filter(phone_verified=True).count() == 0


def test_a_code_holds_ten_minutes(client, demo, sent):
    client.post(f"/c/{HERE}/join/", {"phone": PHONE, "agree": "on"})
    with clock.freeze(clock.now() + timedelta(minutes=11)):
        client.post(f"/c/{HERE}/join/code/", {"code": code_in(sent)})
    assert Account.objects.filter(phone_verified=True).count() == 0


def test_one_number_is_sent_five_codes_an_hour_at_most(demo, sent):
    answers = [
        Client(REMOTE_ADDR=f"10.1.{n}.1")
        .post(f"/c/{HERE}/join/", {"phone": PHONE, "agree": "on"})
        .status_code
        for n in range(7)
    ]
    assert answers == [302] * 5 + [429] * 2
    assert len(sent) == 5


def test_a_printed_code_opens_an_account_without_a_phone(make_person, actor, client):
    grandmother = make_person("赵奶奶")
    issued = actions.issue_code(by=actor("worker"), kind=CodeKind.ACCOUNT, person=grandmother.pk)
    data = {
        "code": issued.clear.lower(),
        "username": "zhao-nainai",
        "password": "correct-Horse-7",
        "agree": "on",
    }
    answer = client.post(f"/c/{HERE}/join/", data)
    assert answer.headers["Location"] == f"/c/{HERE}/me/"
    assert Account.objects.get(username="zhao-nainai").person_id == grandmother.pk
    again = Client().post(f"/c/{HERE}/join/", {**data, "username": "other"})
    assert again.status_code == 422  # it works once
    assert login(Client(), "zhao-nainai", "correct-Horse-7").status_code == 302


def test_a_code_for_a_household_opens_an_account_that_belongs_to_it(demo, actor, client):
    issued = actions.issue_code(
        by=actor("worker"), kind=CodeKind.HOUSEHOLD, place=demo.household.pk
    )
    client.post(
        f"/c/{HERE}/join/",
        {
            "code": issued.clear,
            "username": "xin-lin",
            "password": "correct-Horse-7",
            "agree": "on",
        },
    )
    account = Account.objects.get(username="xin-lin")
    assert Residence.objects.get(person=account.person).place_id == demo.household.pk


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"code": "WRONGWRONG"}, "code"),
        ({"password": "short1"}, "password"),
        ({"password": "password1234"}, "password"),
        ({"password": "alllowercase"}, "password"),
        ({"username": "ab"}, "username"),
        ({"username": "13700000001"}, "username"),
        ({"username": "demo-x"}, "username"),
        ({"username": "with space"}, "username"),
        ({"username": "demo-resident"}, "username"),
        ({"agree": ""}, "agree"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(make_person, actor, client, change, field):
    person = make_person("赵奶奶")
    issued = actions.issue_code(by=actor("worker"), kind=CodeKind.ACCOUNT, person=person.pk)
    data = {
        "code": issued.clear,
        "username": "zhao-nainai",
        "password": "correct-Horse-7",
        "agree": "on",
        **change,
    }
    answer = client.post(f"/c/{HERE}/join/", data)
    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert not Account.objects.filter(person=person).exists()
    assert OneTimeCode.objects.get().used_at is None


def test_a_printed_code_ends_with_its_time_and_with_a_newer_one(make_person, actor):
    person = make_person("赵奶奶")
    first = actions.issue_code(by=actor("worker"), kind=CodeKind.ACCOUNT, person=person.pk)
    second = actions.issue_code(by=actor("worker"), kind=CodeKind.ACCOUNT, person=person.pk)
    data = {"username": "zhao", "password": "correct-Horse-7", "agree": "on"}
    assert Client().post(f"/c/{HERE}/join/", {**data, "code": first.clear}).status_code == 422
    with clock.freeze(clock.now() + timedelta(days=15)):
        assert Client().post(f"/c/{HERE}/join/", {**data, "code": second.clear}).status_code == 422


def test_a_code_of_another_community_is_not_known_here(make_person, actor, demo):
    from liren.territory.models import Place

    Place.objects.create(
        code="220103008004",
        community="220103008004",
        level="community",
        name="另一社区",
        full_name="另一社区",
        changed_by="system:test",
        changed_why="test",
    )
    person = make_person("赵奶奶")
    issued = actions.issue_code(by=actor("worker"), kind=CodeKind.ACCOUNT, person=person.pk)
    data = {"username": "zhao", "password": "correct-Horse-7", "agree": "on", "code": issued.clear}
    assert Client().post("/c/220103008004/join/", data).status_code == 422


def test_nothing_opens_below_an_unknown_community(client):
    assert client.get("/c/999999999999/join/").status_code == 404


# -- staff -----------------------------------------------------------------------------------------


@pytest.fixture
def worker(demo, client, settings):
    account = demo.accounts["worker"]
    account.demo = False
    account.set_password("correct-Horse-7")
    account.password_changed_at = clock.now()
    account.save()
    login(client, account.username, "correct-Horse-7")
    return account


def test_staff_are_signed_out_when_left_alone(worker, client, settings):
    settings.LIREN_STAFF_SECOND_FACTOR = False
    assert client.get("/office/").status_code == 200
    with clock.freeze(clock.now() + timedelta(minutes=29)):
        assert client.get("/office/").status_code == 200
    with clock.freeze(clock.now() + timedelta(minutes=65)):
        answer = client.get("/office/")
    assert answer.headers["Location"].startswith("/accounts/login/")
    assert "_auth_user_id" not in client.session


def test_staff_sessions_end_with_the_working_day(worker, client, settings):
    settings.LIREN_STAFF_SECOND_FACTOR = False
    start = clock.now()
    for minutes in range(0, 12 * 60, 25):
        with clock.freeze(start + timedelta(minutes=minutes)):
            assert client.get("/office/").status_code == 200
    with clock.freeze(start + timedelta(minutes=12 * 60 + 10)):
        assert client.get("/office/").status_code == 302


def test_residents_stay_signed_in(make_person, client):
    make_person("王二", phone=PHONE)
    login(client, PHONE, "correct-Horse-7")
    assert client.session.get_expiry_age() > 29 * 24 * 3600
    with clock.freeze(clock.now() + timedelta(days=10)):
        assert client.get("/accounts/home/").headers["Location"] == f"/c/{HERE}/"


def test_staff_need_a_second_factor(worker, client, settings):
    settings.LIREN_STAFF_SECOND_FACTOR = True
    assert client.get("/office/").headers["Location"] == "/accounts/second/"
    page = client.get("/accounts/second/")
    assert page.status_code == 200
    asked = client.get("/accounts/second/app/")
    assert asked.headers["Location"].startswith("/accounts/again/")
    client.post(asked.headers["Location"], {"password": "correct-Horse-7"})
    page = client.get("/accounts/second/app/")
    secret = page.context["form"].secret
    step = int(time.time() // 30)
    code = auth.format_hotp_value(auth.hotp_value(secret, step))
    done = client.post("/accounts/second/app/", {"code": code})
    assert done.status_code == 302
    stored = Authenticator.objects.get(type="totp").data["secret"]
    assert secret not in stored  # sealed at rest
    assert client.get("/office/").status_code == 200
    # The next sign-in asks for it.
    other = Client()
    answer = login(other, worker.username, "correct-Horse-7")
    assert answer.headers["Location"].startswith("/accounts/second/enter/")
    assert other.get("/office/").status_code != 200
    code = auth.format_hotp_value(auth.hotp_value(secret, step + 1))
    other.post("/accounts/second/enter/", {"code": code})
    assert other.get("/office/").status_code == 200


def test_an_old_password_is_renewed_first(worker, client, settings):
    settings.LIREN_STAFF_SECOND_FACTOR = False
    with clock.freeze(clock.now() + timedelta(days=181)):
        login(client, worker.username, "correct-Horse-7")
        assert client.get("/office/").headers["Location"] == "/accounts/password/"
        page = client.post(
            "/accounts/password/",
            {
                "oldpassword": "correct-Horse-7",
                "password1": "another-Horse-8",
                "password2": "another-Horse-8",
            },
        )
        assert page.status_code == 302
        assert client.get("/office/").status_code == 200


def test_every_page_of_signing_in_draws(worker, client, settings, sent):
    settings.LIREN_STAFF_SECOND_FACTOR = False
    for path in (
        "/accounts/logout/",
        "/accounts/password/",
        "/accounts/second/",
        "/accounts/second/app/",
        "/accounts/passkeys/",
        "/accounts/join/",
    ):
        answer = client.get(path, follow=True)
        assert answer.status_code == 200, path
    for path in ("/accounts/login/", "/accounts/code/", f"/c/{HERE}/join/", "/accounts/inactive/"):
        assert Client().get(path).status_code == 200, path


def test_an_e_mail_opens_one_account_only(make_person):
    from liren.base.errors import Invalid

    one, two = make_person("甲", phone=PHONE), make_person("乙", phone="13700000002")
    actions.confirm_email(account=one.account, email="a@example.org")
    with pytest.raises(Invalid):
        actions.confirm_email(account=two.account, email="A@example.org")
    with pytest.raises(Invalid):
        actions.confirm_phone(account=two.account, phone=PHONE)
    assert EmailAddress.objects.count() == 1
    assert Person.objects.get(pk=two.pk).phone == "13700000002"
