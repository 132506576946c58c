"""What an import says about itself, in sentences."""

from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

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
    lines += asides(plan)
    return lines


def asides(plan: Plan) -> list[str]:
    """Return what was read and not taken in, and why."""
    lines = []
    if plan.repeated:
        lines.append(_("%(n)s rows repeat another one.") % {"n": plan.repeated})
    if plan.examples:
        lines.append(
            _("%(n)s example rows of the template were passed over.") % {"n": plan.examples}
        )
    if "note" in plan.sheet.columns:
        lines.append(_("Remarks are not stored: this system keeps no notes about households."))
    if plan.sheet.ignored:
        lines.append(
            _("Columns not taken in: %(names)s.") % {"names": _(", ").join(plan.sheet.ignored[:20])}
        )
    return lines
