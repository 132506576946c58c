"""A branch is organisational data only: no list of members, nobody's own life, no points (G1, G2,
G11). What meetings, branches and demands keep names posts and bodies, never a person.
"""

import pytest
from django.apps import apps
from django.db.models import ForeignKey

from liren.branches.models import Branch
from liren.people import checks

APPS = ("branches", "meetings", "demands")
ABOUT_MEMBERS = {
    "joined", "dues", "fee", "study", "hours_studied", "credit", "credits", "points", "probation",
    "introducer", "education", "rating", "grade", "review", "roster", "member_number", "score",
}  # fmt: skip


def models():
    return [model for app in APPS for model in apps.get_app_config(app).get_models()]


def test_there_is_something_to_look_at():
    assert len(models()) >= 11


@pytest.mark.parametrize("model", models(), ids=lambda m: m._meta.label)
def test_no_field_leads_to_a_person(model):
    for field in model._meta.get_fields():
        if isinstance(field, ForeignKey):
            assert field.related_model._meta.label not in ("people.Person", "people.Account")


@pytest.mark.parametrize("model", models(), ids=lambda m: m._meta.label)
def test_no_field_speaks_of_members_or_their_study(model):
    for field in model._meta.concrete_fields:
        words = set(checks.words_of(field.name))
        assert not words & ABOUT_MEMBERS, field.name
        assert checks.forbidden_in(field.name) is None
        assert not checks.sounds_personal(field.name), field.name


def test_a_branch_has_exactly_these_fields():
    """Adding one is a decision, not an accident: this list is changed with it."""
    names = {field.name for field in Branch._meta.concrete_fields}
    assert names == {
        "organisation", "community", "place", "place_code", "duties", "version",
        "changed_by", "changed_why", "changed_at",
    }  # fmt: skip
