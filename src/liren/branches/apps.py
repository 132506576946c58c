"""Party branches as units of work: duties, tasks, meetings. Organisational data only (A1)."""

from django.apps import AppConfig
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class BranchesConfig(AppConfig):
    """Party branches as units of work: duties, tasks, meetings. Organisational data only (A1)."""

    name = "liren.branches"
    label = "branches"

    def ready(self) -> None:
        """Tell of the branches' promises; follow places that move."""
        from liren.base import commitments
        from liren.territory import followers

        from . import promises, rules

        followers.register("branches.Branch")
        followers.register(
            "branches.Task",
            in_use=Q(state__in=sorted(rules.RUNNING)),
            label=_("tasks of branches"),
        )
        commitments.register("branches", promises.promises)
