"""What an import says about itself, in sentences."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from .plan import Plan

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

KINDS: Final[dict[str, "StrOrPromise"]] = {
    "compound": gettext_lazy("Compounds"),
    "grid": gettext_lazy("Grids"),
    "building": gettext_lazy("Buildings"),
    "unit": pgettext_lazy("sheet", "Entrances"),
    "household": gettext_lazy("Households"),
    "person": gettext_lazy("People"),
    "residence": gettext_lazy("Who lives where"),
}


def summary(plan: Plan) -> list[str]:
    """Return what a plan would write, a line each."""
    lines = [
        _("%(rows)s rows read from “%(sheet)s”.")
        % {"rows": len(plan.sheet.rows), "sheet": plan.sheet.sheet}
    ]
    for key, title in KINDS.items():
        count = plan.counts[key]
        if count["new"] or count["changed"]:
            lines.append(_("%(what)s: %(new)s new, %(changed)s changed") % {"what": title, **count})
    if not plan.changes:
        lines.append(_("Everything in the sheet is here already."))
    lines += asides(passed_over(plan))
    return lines


def passed_over(plan: Plan) -> dict[str, Any]:
    """Return what was read and not taken in: figures and headers, nothing of what rows say."""
    # What a sheet of wrong rows has more than the one it came from.
    ours = (pgettext("sheet", "Row"), pgettext("sheet", "What is wrong"))
    return {
        "repeated": plan.repeated,
        "examples": plan.examples,
        "followed": plan.followed,
        "note": "note" in plan.sheet.columns,
        "ignored": [name[:40] for name in plan.sheet.ignored if name not in ours][:20],
    }


def asides(passed: Mapping[str, Any]) -> list[str]:
    """Return what was read and not taken in, and why, a line each."""
    lines = []
    if passed["repeated"]:
        lines.append(_("%(n)s rows repeat another one.") % {"n": passed["repeated"]})
    if passed["examples"]:
        lines.append(
            _("%(n)s example rows of the template were passed over.") % {"n": passed["examples"]}
        )
    if passed["followed"]:
        lines.append(
            _("%(n)s rows name the grid a building stood in before; where it is now holds.")
            % {"n": passed["followed"]}
        )
    if passed["note"]:
        lines.append(_("Remarks are not stored: this system keeps no notes about households."))
    if passed["ignored"]:
        names = _(", ").join(f"“{name}”" for name in passed["ignored"])
        lines.append(_("Columns we have no place for, not stored: %(names)s.") % {"names": names})
    return lines
