"""The form of how one is reached. The action decides."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from liren.people.forms import AgreeField


class ReachForm(forms.Form):
    """Ways out, quiet hours, and the consent when it is not given yet."""

    ways = forms.MultipleChoiceField(
        label=_("Send me messages by"), required=False, widget=forms.CheckboxSelectMultiple
    )
    quiet_from = forms.TimeField(
        label=_("Quiet from"),
        required=False,
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
    )
    quiet_to = forms.TimeField(
        label=_("Quiet until"),
        required=False,
        help_text=_("Nothing is sent in these hours unless it is urgent; it comes afterwards."),
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
    )

    def __init__(
        self, *args: Any, choices: list[tuple[str, str]], ask: bool, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        ways = self.fields["ways"]
        assert isinstance(ways, forms.MultipleChoiceField)
        ways.choices = choices
        if ask:
            self.fields["agree"] = AgreeField()
            self.fields["agree"].required = False
