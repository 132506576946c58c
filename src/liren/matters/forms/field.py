"""The few fields a leader fills in on the stairs."""

from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ..enums import Origin


class WordsForm(forms.Form):
    """A sentence, and the version of the matter the person looked at.

    Where something is asked for (``label``), the sentence may not be left out; ``missing`` says so.
    """

    words = forms.CharField(
        label=_("In a few words"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)
    # One of the reasons above it may stand in for the sentence: the server alone can tell.
    use_required_attribute = False

    def __init__(
        self,
        *args: Any,
        label: str | Promise = "",
        missing: str | Promise = "",
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        if label:
            words = self.fields["words"]
            words.label, words.required = str(label), True
            words.error_messages["required"] = str(missing)


class RecordForm(forms.Form):
    """A neighbour's need, written down by a leader: who told it how, where, what."""

    ORIGINS = (Origin.LEADER, Origin.DOOR, Origin.PHONE)

    place = forms.CharField(label=_("Where"), widget=forms.Select)
    origin = forms.ChoiceField(
        label=_("How did you hear of it?"),
        choices=[(o.value, o.label) for o in ORIGINS],
        initial=Origin.LEADER,
        widget=forms.RadioSelect,
    )
    text = forms.CharField(
        label=_("What is it?"), max_length=4000, widget=forms.Textarea(attrs={"rows": 4})
    )
    contact_name = forms.CharField(
        label=_("Whose need is it? (optional)"), max_length=60, required=False
    )
    contact_phone = forms.CharField(
        label=_("Phone for the answer (optional)"),
        max_length=20,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
    )
    once = forms.CharField(max_length=40, required=False, widget=forms.HiddenInput)

    def __init__(self, *args: object, places: list[tuple[str, str]], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # Django's own signature
        field = self.fields["place"]
        field.widget = forms.Select(choices=places)
        self.allowed = {code for code, _name in places}

    def clean_place(self) -> str:
        """Refuse a place that was not offered."""
        code = str(self.cleaned_data["place"])
        if code not in self.allowed:
            raise forms.ValidationError(_("Please choose one of your places."))
        return code
