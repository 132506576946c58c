"""Persons, where they live, consents, mandates and their rights."""

from django.apps import AppConfig
from django.core.checks import register
from django.db.models.signals import post_migrate


class PeopleConfig(AppConfig):
    """Persons, where they live, consents, mandates and their rights."""

    name = "liren.people"
    label = "people"

    def ready(self) -> None:
        """Check the declarations at every start; load the limits the law gives."""
        from . import checks, retention, rights, shipped

        rights.register(rights.Part("people", purge=retention.purge_persons))
        register(checks.check_declarations)
        post_migrate.connect(shipped.load, sender=self, dispatch_uid="liren-people-shipped")
