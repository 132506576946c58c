"""Who joined as a mobile post. What they tell are matters like any other; nothing counts them."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from liren.access.audit import Keep, Tracked, audited
from liren.base import clock
from liren.base.ids import uuid7
from liren.people.declarations import Basis, Field, Reader, Rows, Then
from liren.people.models import Person

from .enums import Trade


class MobilePost(Tracked):
    """A person said: I pass here with my work and will tell what I see. Gone when they leave.

    No route, no position, no count of what they told (G1, G2): a report knows the entrance whose
    poster was scanned, and nothing here points at it.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    community = models.CharField(max_length=12, db_collation="C")
    person = models.ForeignKey(Person, models.CASCADE, related_name="mobile_posts")
    trade = models.CharField(_("trade"), max_length=12, choices=Trade.choices)
    joined_on = models.DateField(default=clock.today)
    synthetic = models.BooleanField(default=False)

    personal: ClassVar[dict[str, Field]] = {
        name: Field(_("show the two-tap page"), Basis.CONSENT, (Reader.SELF,), 0)
        for name in ("person", "trade", "joined_on")
    }
    personal_rows: ClassVar[Rows] = Rows(of=("person",), then=Then.DELETE)

    class Meta:
        verbose_name = _("mobile post")
        constraints = [
            models.UniqueConstraint(
                fields=["community", "person"],
                name="mobile_post_once",
                violation_error_message=_("You have joined here already."),
            )
        ]
        triggers = audited(Keep.DIGEST)

    def __str__(self) -> str:
        return self.get_trade_display()
