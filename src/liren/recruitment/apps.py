"""Recruitment of leaders as a Django application."""

from django.apps import AppConfig
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class RecruitmentConfig(AppConfig):
    """Finding leaders, their first day, handing over, thanks; who is responsible for what."""

    name = "liren.recruitment"
    label = "recruitment"

    def ready(self) -> None:
        """Offer a call from a gap, thanks from a post; follow places that move."""
        from liren.territory import followers

        from . import steps

        steps.register()
        followers.register(
            "recruitment.Opening", in_use=Q(state="open"), label=_("open calls for leaders")
        )
