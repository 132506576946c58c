"""Persons, where they live, consents, mandates and their rights."""

from django.apps import AppConfig
from django.core.checks import register
from django.db.models import Q
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class PeopleConfig(AppConfig):
    """Persons, where they live, consents, mandates and their rights."""

    name = "liren.people"
    label = "people"

    def ready(self) -> None:
        """Check the declarations at every start; load the limits the law gives."""
        from liren.territory import followers

        from . import checks, foreign, retention, rights, shipped

        foreign.declare()
        rights.register(rights.Part("people", purge=retention.purge_persons))
        followers.register("people.Person")
        followers.register("people.Residence", in_use=Q(until__isnull=True), label=_("residents"))
        followers.register("people.ResidenceClaim")
        followers.register("people.OneTimeCode")
        register(checks.check_declarations)
        post_migrate.connect(shipped.load, sender=self, dispatch_uid="liren-people-shipped")
