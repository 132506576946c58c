"""What is asked of the community from above, who decided it, and what came with it (D1, E1)."""

from django.apps import AppConfig
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class DemandsConfig(AppConfig):
    """What is asked of the community from above, who decided it, and what came with it."""

    name = "liren.demands"
    label = "demands"

    def ready(self) -> None:
        """Offer the next steps; follow places that move."""
        from liren.base import next_steps
        from liren.territory import followers

        from . import rules, steps

        followers.register("demands.Demand")
        followers.register(
            "demands.Order",
            in_use=Q(state__in=sorted(rules.ORDER_OPEN)),
            label=_("supervision orders"),
        )
        next_steps.register("forms.form", steps.from_form)
        next_steps.register("matters.matter", steps.from_matter)
