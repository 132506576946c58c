from django.utils import translation
from django.utils.translation import gettext_lazy

from liren.base.errors import Changed, Gone, Invalid, NotAllowed, NotFound, Refused, TooMany


def test_each_refusal_has_its_status_and_code():
    statuses = {cls: (cls().status, cls().code) for cls in (NotAllowed, NotFound, Changed, Gone)}
    assert statuses == {
        NotAllowed: (403, "not_allowed"),
        NotFound: (404, "not_found"),
        Changed: (409, "changed"),
        Gone: (410, "gone"),
    }
    assert (Invalid().status, TooMany().status, Refused().status) == (422, 429, 400)


def test_words_code_and_status_can_be_given():
    said = Refused("Closed on Sundays.", "closed", 423)
    assert (str(said), said.code, said.status) == ("Closed on Sundays.", "closed", 423)


def test_changed_carries_both_versions_but_not_into_the_log():
    said = Changed(mine={"phone": "13800000000"}, theirs={"phone": "13900000000"})
    assert said.mine == {"phone": "13800000000"}
    assert said.theirs == {"phone": "13900000000"}
    assert "13800000000" not in str(said) + repr(said)


def test_invalid_lists_what_is_wrong_by_field():
    said = Invalid(fields={"title": gettext_lazy("Yes"), "place": ["one", "two"]})
    assert said.fields["place"] == ["one", "two"]
    assert len(said.fields["title"]) == 1
    assert Invalid().fields == {}


def test_too_many_says_when_to_come_back():
    assert TooMany(retry_after=30).headers == {"Retry-After": "30"}
    assert TooMany(retry_after=0).headers == {"Retry-After": "1"}
    assert Refused().headers == {}


def test_the_message_is_translated_when_shown():
    said = NotAllowed()
    with translation.override("en"):
        assert str(said) == "You may not do this."
    with translation.override("zh-hans"):
        assert str(said) == "您没有权限做这件事。"
