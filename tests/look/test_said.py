"""Django's own sentences are said again in plain Chinese."""

from django import forms
from django.core.validators import MaxLengthValidator
from django.utils import translation
from django.utils.translation import gettext

from liren.look.said import SAID


class Form(forms.Form):
    text = forms.CharField()
    short = forms.CharField(validators=[MaxLengthValidator(2)])
    kind = forms.ChoiceField(choices=[("1", "1")])


def test_errors_say_what_to_do() -> None:
    with translation.override("zh-hans"):
        errors = Form({"short": "水管漏水", "kind": "9"}).errors
        assert errors == {
            "text": ["请填写这一项。"],
            "short": ["最多 2 个字，现在有 4 个，请删短一些。"],
            "kind": ["没有“9”这一项，请从列出的里面选一个。"],
        }


def test_every_sentence_is_still_djangos() -> None:
    """A sentence Django has since reworded would no longer be replaced: find out."""
    with translation.override("de"):  # a language we do not have: only Django answers
        for sentence in SAID:
            if isinstance(sentence, str):
                assert gettext(sentence) != sentence
