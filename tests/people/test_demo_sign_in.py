"""Signing in as a made-up person."""

import pytest

from liren.people.models import Account

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("role", "goes_to"),
    [
        ("resident", "/c/220103008003/"),
        ("unit", "/field/"),
        ("building", "/field/"),
        ("grid", "/field/"),
        ("department", "/field/"),
        ("worker", "/office/"),
        ("secretary", "/office/"),
        ("officer", "/office/"),
    ],
)
def test_one_click_signs_a_made_up_person_in(demo, client, settings, role, goes_to):
    settings.DEMO = True
    answer = client.post(f"/demo/sign-in/{role}/")
    assert (answer.status_code, answer.headers["Location"]) == (302, goes_to)
    assert client.session["_auth_user_id"] == str(demo.accounts[role].pk)


def test_there_is_no_demonstration_sign_in_on_a_real_installation(demo, client, settings):
    settings.DEMO = False
    assert client.post("/demo/sign-in/resident/").status_code == 404


def test_only_demonstration_accounts_open_this_way(demo, client, settings):
    settings.DEMO = True
    Account.objects.create_user(username="demo-real")
    assert client.post("/demo/sign-in/real/").status_code == 404
    assert client.post("/demo/sign-in/nobody/").status_code == 404
    assert client.get("/demo/sign-in/resident/").status_code == 405
    assert "_auth_user_id" not in client.session


def test_signing_out_ends_the_session(demo, client, settings):
    settings.DEMO = True
    client.post("/demo/sign-in/resident/")
    client.post("/accounts/logout/")
    assert "_auth_user_id" not in client.session
