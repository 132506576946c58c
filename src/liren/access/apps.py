"""The gate as a Django application: audit tables, privileges of the serving role."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class AccessConfig(AppConfig):
    """Audit tables and row-level security."""

    name = "liren.access"
    label = "access"
    verbose_name = "access and audit"

    def ready(self) -> None:
        """Give the serving role its privileges after every migration."""
        from . import rls

        post_migrate.connect(rls.grant_privileges, sender=self, dispatch_uid="liren-rls-grants")
