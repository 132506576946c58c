"""Forms of partners and seconded staff. What they check is shape only; the actions decide."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from liren.base.errors import Invalid
from liren.people.models import Person

from .enums import Applicant, Gift, Half
from .models import OpenCall, Scheme

Choices = Iterable[tuple[str, Any]]


FIRST, LAST = date(2000, 1, 1), date(2099, 12, 31)


class Day(forms.DateField):
    """A day, picked; of this century, so that terms of years can be reckoned from it."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
        limits = [MinValueValidator(FIRST), MaxValueValidator(LAST)]
        super().__init__(widget=widget, validators=limits, **kwargs)


def choices(form: forms.Form, name: str, listed: Choices) -> None:
    """Set what a field of a form offers."""
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)
    field.choices = list(listed)


def put(form: forms.Form, refused: Invalid) -> None:
    """Put what an action refused beside the fields it is about."""
    for name, texts in (refused.fields or {"": [refused.message]}).items():
        for text in texts:
            form.add_error(name if name in form.fields else None, str(text))


def words_field(label: Any, *, most: int = 300, required: bool = True) -> forms.CharField:
    """A few lines of words."""
    return forms.CharField(
        label=label, max_length=most, required=required, widget=forms.Textarea(attrs={"rows": 3})
    )


# -- everybody ---------------------------------------------------------------------------------


class ApplyForm(forms.Form):
    """Who applies, what they would do, and whom to ask."""

    kind = forms.ChoiceField(
        label=pgettext_lazy("partner", "Who applies"), widget=forms.RadioSelect
    )
    organisation_name = forms.CharField(
        label=_("Name of the organisation"),
        max_length=120,
        required=False,
        help_text=_("Left out when you apply as a person."),
    )
    credit_code = forms.CharField(
        label=_("Unified social credit code"), max_length=30, required=False
    )
    contact_name = forms.CharField(label=_("Whom can we ask?"), max_length=60)
    contact_phone = forms.CharField(
        label=pgettext_lazy("partner", "Their phone"),
        max_length=30,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel"}),
        help_text=_("Shown masked to the office only, and deleted half a year after the decision."),
    )
    offer = words_field(_("What would you do?"), most=2000)
    ties = forms.CharField(
        label=_("Ties to the committee or the property company (if any)"),
        max_length=300,
        required=False,
        help_text=_("For example: a relative works there. It does not exclude you."),
    )

    def __init__(self, *args: Any, call: OpenCall, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        listed = [(one.value, one.label) for one in Applicant if one in call.who]
        choices(self, "kind", listed)
        if len(listed) == 1:
            self.fields["kind"].initial = listed[0][0]

    def clean(self) -> dict[str, Any]:
        """Ask an organisation for its name."""
        values: dict[str, Any] = super().clean() or self.cleaned_data
        named = values.get("organisation_name", "").strip()
        if values.get("kind") not in (None, Applicant.PERSON) and not named:
            self.add_error("organisation_name", _("Please write the organisation's name."))
        return values


class CodeForm(forms.Form):
    """The code an applicant got."""

    code = forms.CharField(
        label=_("Query code"),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
    )


class ReportInForm(forms.Form):
    """Where one works, and what one can do."""

    do = forms.CharField(widget=forms.HiddenInput, initial="report_in", required=False)
    home = forms.CharField(label=_("Where you work"), max_length=120)
    skills = forms.CharField(
        label=pgettext_lazy("seconded", "What you can do"), max_length=300, required=False
    )


class HalvesForm(forms.Form):
    """The half days that suit."""

    do = forms.CharField(widget=forms.HiddenInput, initial="halves", required=False)
    halves = forms.MultipleChoiceField(
        label=_("Half days that suit you"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, listed: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["halves"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = list(listed)


class LetterForm(forms.Form):
    """What the letter shall say."""

    do = forms.CharField(widget=forms.HiddenInput, initial="letter", required=False)
    words = forms.CharField(
        label=_("What shall the letter say?"),
        max_length=600,
        help_text=_("The office signs it as you wrote it, or says why not. It is sent nowhere."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class AnswerForm(forms.Form):
    """Words beside a yes or no."""

    words = words_field(_("In a few words (needed for “no”)"), required=False)
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)


class WordsForm(forms.Form):
    """A few words."""

    words = words_field(_("In a few words"), most=1000, required=False)
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)


# -- the desk ----------------------------------------------------------------------------------


class CallForm(forms.Form):
    """What is wanted, where, from whom, until when."""

    title = forms.CharField(label=_("Title"), max_length=80)
    wanted = words_field(_("What is wanted"), most=2000)
    place = forms.ChoiceField(label=_("Where"))
    area = forms.ChoiceField(label=_("Kind of area"))
    trade = forms.ChoiceField(label=_("Trade"))
    term = forms.ChoiceField(label=_("Project term"))
    who = forms.MultipleChoiceField(
        label=_("Who may apply"),
        choices=Applicant.choices,
        widget=forms.CheckboxSelectMultiple,
    )
    capacity = forms.IntegerField(label=_("How many partners"), min_value=1, max_value=50)
    opens = Day(label=pgettext_lazy("partner", "Applications from"))
    closes = Day(label=pgettext_lazy("partner", "Last day for applications"))
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, places: Choices, scheme: Scheme, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices(self, "place", places)
        for name, of in (("area", "areas"), ("trade", "trades"), ("term", "terms")):
            choices(self, name, [(one["key"], one["name"]) for one in getattr(scheme, of)])


class CloseForm(forms.Form):
    """Why a call closes."""

    do = forms.CharField(widget=forms.HiddenInput, initial="close", required=False)
    why = forms.CharField(label=_("Why (everybody reads it)"), max_length=200)


class VetForm(forms.Form):
    """What was checked, and the note on conflicts of interest."""

    ticked = forms.MultipleChoiceField(
        label=_("Checked"), required=False, widget=forms.CheckboxSelectMultiple
    )
    conflict_note = forms.CharField(
        label=_("Conflict of interest: what was found"),
        max_length=300,
        help_text=_("Also when there is none: “asked, none”."),
    )
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, checks: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["ticked"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = list(checks)


class DecideForm(forms.Form):
    """Words the applicant reads."""

    why = words_field(_("Reason (the applicant reads it)"))
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)


class AgreementForm(forms.Form):
    """What both sides do, from when until when."""

    do = forms.CharField(widget=forms.HiddenInput, initial="write", required=False)
    promises = words_field(_("What the partner does"), most=2000)
    gives = words_field(_("What the community gives"), most=2000, required=False)
    starts = Day(label=_("From"))
    ends = Day(label=pgettext_lazy("a day", "Until"))
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)


class SignForm(forms.Form):
    """The day both sides signed the paper."""

    do = forms.CharField(widget=forms.HiddenInput, initial="sign", required=False)
    signed_on = Day(label=_("Signed on"))
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)


class RenewForm(forms.Form):
    """From when until when the next agreement runs."""

    do = forms.CharField(widget=forms.HiddenInput, initial="renew", required=False)
    starts = Day(label=_("From"))
    ends = Day(label=pgettext_lazy("a day", "Until"))


class EndForm(forms.Form):
    """Why an agreement ends, and what becomes of what is open."""

    do = forms.CharField(widget=forms.HiddenInput, initial="end", required=False)
    why = forms.CharField(label=_("Why it ends"), max_length=300)
    hand_to = forms.ChoiceField(label=_("What is open goes to"), required=False)
    words = forms.CharField(
        label=_("What was agreed about it"),
        max_length=200,
        required=False,
        help_text=_("Stays on each project that is handed over or given up."),
    )

    def __init__(self, *args: Any, others: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices(
            self,
            "hand_to",
            [
                ("", _("nothing is open")),
                ("give_up", _("nobody: it is given up")),
                *others,
            ],
        )


class ProjectForm(forms.Form):
    """What is done where until when, and who says that it was."""

    do = forms.CharField(widget=forms.HiddenInput, initial="project", required=False)
    title = forms.CharField(label=_("Title"), max_length=80)
    what = words_field(_("What is done"), most=1000, required=False)
    place = forms.ChoiceField(label=_("Where"))
    receiver = forms.ChoiceField(label=_("Who confirms that it was delivered"))
    starts = Day(label=_("From"))
    due = Day(label=_("To be done by"))

    def __init__(
        self, *args: Any, places: Choices, posts: Choices, persons: Iterable[Person], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        choices(self, "place", places)
        choices(
            self,
            "receiver",
            [
                *((f"person:{one.pk}", one.name) for one in persons),
                *((f"post:{key}", name) for key, name in posts),
            ],
        )


class MilestoneForm(forms.Form):
    """A step."""

    do = forms.CharField(widget=forms.HiddenInput, initial="milestone", required=False)
    title = forms.CharField(label=_("Step"), max_length=80)
    due = Day(label=_("To be done by"))


class GiftForm(forms.Form):
    """Something the partner gives."""

    do = forms.CharField(widget=forms.HiddenInput, initial="gift", required=False)
    kind = forms.ChoiceField(label=pgettext_lazy("partner", "Kind"), choices=Gift.choices)
    what = forms.CharField(label=pgettext_lazy("partner", "What"), max_length=120)
    amount = forms.CharField(
        label=pgettext_lazy("partner", "How much"),
        max_length=20,
        help_text=_("Hours such as 2.5, pieces such as 20, yuan such as 1200.50."),
    )
    due = Day(label=pgettext_lazy("a day", "Until"))


class AboutForm(forms.Form):
    """What the public page says."""

    do = forms.CharField(widget=forms.HiddenInput, initial="about", required=False)
    about = forms.CharField(
        label=_("What the public page says"),
        max_length=300,
        required=False,
        help_text=_("Facts about the organisation; nothing about a person."),
    )


class LiaisonForm(forms.Form):
    """Who speaks for a partner."""

    do = forms.CharField(widget=forms.HiddenInput, initial="liaison", required=False)
    person = forms.ChoiceField(label=_("Who"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, persons: Iterable[Person], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices(self, "person", [(str(one.pk), one.name) for one in persons])


class TaskForm(forms.Form):
    """When, where, how many."""

    do = forms.CharField(widget=forms.HiddenInput, initial="task", required=False)
    title = forms.CharField(label=_("Title"), max_length=80)
    what = forms.CharField(label=_("What is to be done"), max_length=500, required=False)
    place = forms.ChoiceField(label=_("Where"))
    day = Day(label=pgettext_lazy("partner", "Day"))
    half = forms.ChoiceField(label=_("Part of the day"), choices=Half.choices)
    needed = forms.IntegerField(label=_("How many are needed"), min_value=1, max_value=200)

    def __init__(self, *args: Any, places: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices(self, "place", places)


class SchemeForm(forms.Form):
    """The scheme as lines: one entry a line; a term as "name | months"."""

    name = forms.CharField(label=pgettext_lazy("of a scheme", "Name"), max_length=60)
    source = forms.CharField(label=_("Where it comes from"), max_length=300)
    areas = words_field(_("Kinds of area, one a line"), most=2000)
    trades = words_field(_("Trades, one a line"), most=2000)
    terms = words_field(_("Project terms, one a line: name | months"), most=2000)
    checks = words_field(_("What is checked, one a line"), most=2000)
    seen = forms.IntegerField(widget=forms.HiddenInput)
