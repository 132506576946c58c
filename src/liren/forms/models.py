"""Forms as they were sent, and what belongs into their columns."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from liren.access.audit import Keep, Tracked, audited
from liren.base.ids import uuid7


class Form(Tracked):
    """A version of one form. A new empty form or another mapping is a new version; ``key`` stays.

    ``community`` is the 12-digit code, a subdistrict's own zero-filled. ``mapping``: column letter
    → field key, "#" for running numbers, "=words" for the same words in every row; empty until
    somebody has confirmed it.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    community = models.CharField(max_length=12, db_collation="C")
    key = models.UUIDField(default=uuid7, editable=False)
    version = models.PositiveSmallIntegerField(default=1)
    current = models.BooleanField(default=True)
    name = models.CharField(_("name"), max_length=80)
    source = models.CharField(max_length=40)
    filename = models.CharField(max_length=120)
    file = models.BinaryField(max_length=2 * 1024 * 1024)
    header_row = models.PositiveSmallIntegerField()
    mapping = models.JSONField(default=dict, blank=True)

    class Meta:
        verbose_name = _("form")
        constraints = [
            models.UniqueConstraint(fields=["key", "version"], name="form_version"),
            models.UniqueConstraint(fields=["key"], condition=Q(current=True), name="form_current"),
        ]
        indexes = [models.Index(fields=["community", "name"], name="form_of_community")]
        triggers = audited(Keep.DIGEST)

    def __str__(self) -> str:
        return self.name
