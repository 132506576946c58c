"""Forms of the organisation network."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from liren.people.models import Person

from .enums import WorkplaceKind
from .models import Post


class _Day(forms.DateField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=forms.DateInput(attrs={"type": "date"}), **kwargs)


class FillForm(forms.Form):
    """Who takes the post, from when until when."""

    do = forms.CharField(widget=forms.HiddenInput, initial="fill", required=False)
    person = forms.ChoiceField(label=_("Who"), widget=forms.RadioSelect)
    starts = _Day(label=_("From"), required=False, help_text=_("Empty: from today."))
    ends = _Day(
        label=pgettext_lazy("a day", "Until"), required=False, help_text=_("Empty: without an end.")
    )

    def __init__(self, *args: Any, persons: Iterable[Person], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["person"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(str(p.pk), p.name) for p in persons]


class StandInForm(forms.Form):
    """Which post stands in, until when, why."""

    do = forms.CharField(widget=forms.HiddenInput, initial="stand_in", required=False)
    post = forms.ChoiceField(label=_("Who stands in"))
    until = _Day(label=pgettext_lazy("a day", "Until"))
    reason = forms.CharField(label=_("Why"), max_length=200)

    def __init__(self, *args: Any, posts: Iterable[Post], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["post"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(str(p.pk), p.title) for p in posts]


class NotNeededForm(forms.Form):
    """Why nobody is needed, and until when if not for good."""

    do = forms.CharField(widget=forms.HiddenInput, initial="not_needed", required=False)
    reason = forms.CharField(label=_("Why"), max_length=200)
    until = _Day(
        label=pgettext_lazy("a day", "Until"), required=False, help_text=_("Empty: for good.")
    )


class HandOverForm(forms.Form):
    """To whom, from which day, and a note for them."""

    do = forms.CharField(widget=forms.HiddenInput, initial="hand_over", required=False)
    # Whose term the page showed: somebody may have handed it over since.
    term = forms.UUIDField(widget=forms.HiddenInput, required=False)
    person = forms.ChoiceField(label=_("Who"), widget=forms.RadioSelect)
    on = _Day(label=_("From"), required=False, help_text=_("Empty: from today."))
    note = forms.CharField(label=_("What they should know"), max_length=200, required=False)

    def __init__(self, *args: Any, persons: Iterable[Person], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["person"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(str(p.pk), p.name) for p in persons]


class EndForm(forms.Form):
    """The last day of a term."""

    do = forms.CharField(widget=forms.HiddenInput, initial="end", required=False)
    term = forms.UUIDField(widget=forms.HiddenInput, required=False)
    ends = _Day(label=_("Last day"))


class LineForm(forms.Form):
    """What a line is called, and how many of its posts one person may bear."""

    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)
    name = forms.CharField(label=pgettext_lazy("of a line", "Name"), max_length=60)
    most_posts = forms.IntegerField(label=_("Posts one person may hold"), min_value=1, max_value=20)


class StepForm(forms.Form):
    """One step of a line; without a kind it is left out."""

    type = forms.ChoiceField(label=_("Kind of post"), required=False)
    everywhere = forms.BooleanField(label=_("every place needs one"), required=False)

    def __init__(self, *args: Any, types: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["type"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", "—"), *types]


StepFormSet = forms.formset_factory(StepForm, extra=2, max_num=12, absolute_max=12)


class DutiesForm(forms.Form):
    """The duties of a kind of post, one a line, and what they follow."""

    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)
    texts = forms.CharField(
        label=_("Duties, one a line"), widget=forms.Textarea(attrs={"rows": 10}), max_length=5000
    )
    source = forms.CharField(
        label=_("What they follow"),
        max_length=200,
        required=False,
        help_text=_("For example the document and its date; shown below the list."),
    )


class WorkplaceForm(forms.Form):
    """A place of work: what it is, where it is, who is responsible."""

    name = forms.CharField(label=pgettext_lazy("of a workplace", "Name"), max_length=120)
    kind = forms.ChoiceField(
        label=pgettext_lazy("of a workplace", "What it is"), choices=WorkplaceKind.choices
    )
    place = forms.ChoiceField(label=_("Where"))
    address_note = forms.CharField(label=_("Where exactly"), max_length=120, required=False)
    credit_code = forms.CharField(
        label=_("Unified social credit code"),
        max_length=40,
        required=False,
        help_text=_("18 characters, where there is one."),
    )
    contact = forms.CharField(
        label=_("Public contact"),
        max_length=120,
        required=False,
        help_text=_("The number of the place, never a private one."),
    )
    post = forms.ChoiceField(label=_("Who is responsible"), required=False)

    def __init__(
        self,
        *args: Any,
        places: Iterable[tuple[str, str]],
        posts: Iterable[tuple[str, str]],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        for name, choices in (
            ("place", list(places)),
            ("post", [("", _("whoever answers for the place")), *posts]),
        ):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = choices
