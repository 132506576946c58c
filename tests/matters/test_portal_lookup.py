"""By number and query code: what opens, what does not, and what a guesser learns."""

from datetime import timedelta

import pytest

from liren.base import clock
from liren.demo.community import COMMUNITY
from liren.matters import actions
from liren.matters.actions import Report
from liren.matters.models import Matter

pytestmark = pytest.mark.django_db
LOOKUP = f"/c/{COMMUNITY}/lookup/"


@pytest.fixture
def receipt(demo, actor):
    resident = actor("resident")
    return actions.report(
        by=resident, need=Report(place=demo.unit, text="漏水", reporter=resident.person)
    )


def test_a_wrong_number_and_a_wrong_code_answer_alike(client, receipt):
    wrong = [
        {"number": "260101000000", "code": receipt.code},
        {"number": receipt.matter.number, "code": "AAAAAAAA"},
        {"number": "'; DROP TABLE--", "code": "<script>"},
    ]
    answers = [client.post(LOOKUP, data) for data in wrong]
    assert {a.status_code for a in answers} == {404}
    said = {a.text.split('role="alert"')[1].split("</div>")[0] for a in answers}
    assert len(said) == 1
    assert receipt.matter.number in answers[1].text  # what was typed is still there


def test_an_expired_code_is_gone_and_says_what_to_do(client, receipt):
    Matter.objects.update(code_expires=clock.now() - timedelta(days=1))
    answer = client.post(LOOKUP, {"number": receipt.matter.number, "code": receipt.code})
    assert answer.status_code == 410
    assert "社区" in answer.text


def test_missing_parts_are_asked_for(client, receipt):
    answer = client.post(LOOKUP, {"number": receipt.matter.number})
    assert answer.status_code == 422
    assert receipt.matter.number in answer.text


def test_spaces_hyphens_and_small_letters_do_not_matter(client, receipt):
    code = f"{receipt.code[:4]} - {receipt.code[4:]}".lower()
    assert (
        client.post(LOOKUP, {"number": f" {receipt.matter.number} ", "code": code}).status_code
        == 302
    )


def test_guessing_is_slowed_down(client, receipt):
    codes = [
        client.post(LOOKUP, {"number": receipt.matter.number, "code": "AAAAAAAA"}).status_code
        for _ in range(110)
    ]
    assert codes[0] == 404
    assert codes[-1] == 429
