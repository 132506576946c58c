"""Calls: one asks, everybody in a place may answer."""

from django.apps import AppConfig
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class CallsConfig(AppConfig):
    """Calls: one asks, everybody in a place may answer."""

    name = "liren.calls"
    label = "calls"

    def ready(self) -> None:
        """Take part in places, messages, one's own page; let links to a call say who answers."""
        from liren.access.web import register_resolver
        from liren.territory import followers

        from . import links, privacy

        privacy.register()
        register_resolver(links.resolve)
        followers.register("calls.Call", in_use=Q(state="running"), label=_("running calls"))
        followers.register("calls.Ring", via="call")
        followers.register("calls.Asked")
        followers.register("calls.Answer")
