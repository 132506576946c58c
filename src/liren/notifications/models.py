"""The inbox, the outbox and each receiver's choice of channel."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from liren.access.audit import Keep, Tracked, audited
from liren.base import clock
from liren.base.crypto import EncryptedTextField
from liren.base.ids import uuid7
from liren.people.declarations import Basis, Field, Reader, Rows, Then
from liren.people.models import Person

from .enums import Channel, DeliveryState


class Notice(models.Model):
    """One message in a person's inbox, written in the transaction that caused it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    community = models.CharField(max_length=12, db_collation="C")
    # Its index is the inbox's.
    person = models.ForeignKey(Person, models.CASCADE, related_name="notices", db_index=False)
    kind = models.CharField(max_length=40)
    title = models.CharField(max_length=120)
    body = models.CharField(max_length=500, blank=True)
    link = models.CharField(max_length=300, blank=True)
    # Same key, same message: a retried action writes it once.
    key = models.CharField(max_length=120)
    at = models.DateTimeField(default=clock.now)
    read_at = models.DateTimeField(null=True, blank=True)

    personal: ClassVar[dict[str, Field]] = {
        name: Field(_("tell the person what happened"), Basis.CONTRACT, (Reader.SELF,), 365)
        for name in ("person", "kind", "title", "body", "link", "key", "at", "read_at")
    }
    personal_rows: ClassVar[Rows] = Rows(of=("person",), ends="at", then=Then.DELETE)

    class Meta:
        verbose_name = _("message")
        constraints = [models.UniqueConstraint(fields=["key"], name="notice_once")]
        indexes = [models.Index(fields=["person", "-at"], name="notice_inbox")]


class Address(Tracked):
    """Where and when a person wants to be reached outside the platform."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    community = models.CharField(max_length=12, db_collation="C")
    person = models.ForeignKey(Person, models.CASCADE, related_name="addresses")
    channel = models.CharField(max_length=10, choices=Channel.choices)
    target = EncryptedTextField(_("address"), null=True)
    enabled = models.BooleanField(_("use it"), default=True)
    quiet_from = models.TimeField(_("quiet from"), null=True, blank=True)
    quiet_to = models.TimeField(_("quiet until"), null=True, blank=True)

    personal: ClassVar[dict[str, Field]] = {
        "person": Field(_("reach the person"), Basis.CONSENT, (Reader.SELF,), 0),
        "channel": Field(_("reach the person"), Basis.CONSENT, (Reader.SELF,), 0),
        "target": Field(_("reach the person"), Basis.CONSENT, (Reader.SELF,), 0, sensitive=True),
        "enabled": Field(_("respect the person's choice"), Basis.CONSENT, (Reader.SELF,), 0),
        "quiet_from": Field(_("respect the person's rest"), Basis.CONSENT, (Reader.SELF,), 0),
        "quiet_to": Field(_("respect the person's rest"), Basis.CONSENT, (Reader.SELF,), 0),
    }
    personal_rows: ClassVar[Rows] = Rows(of=("person",), then=Then.DELETE)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "channel"], name="address_once")]
        triggers = audited(Keep.DIGEST)


class Delivery(models.Model):
    """One notice on its way through one channel: the outbox row.

    ``key`` is the idempotency key handed to the channel: at least once outside, exactly once in
    the inbox.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    community = models.CharField(max_length=12, db_collation="C")
    # None for somebody without an account, who left a number: there is no inbox to keep it in.
    notice = models.ForeignKey(Notice, models.CASCADE, related_name="deliveries", null=True)
    words = EncryptedTextField(null=True)
    channel = models.CharField(max_length=10, choices=Channel.choices)
    target = EncryptedTextField(null=True)
    # A message to thousands does not copy thousands of numbers: it is looked up as it goes out.
    address = models.ForeignKey(
        Address, models.SET_NULL, null=True, related_name="deliveries", db_index=False
    )
    # Encrypted too: a one-tap link opens a matter without signing in.
    link = EncryptedTextField(null=True)
    state = models.CharField(
        max_length=8, choices=DeliveryState.choices, default=DeliveryState.WAITING
    )
    attempts = models.PositiveSmallIntegerField(default=0)
    not_before = models.DateTimeField(default=clock.now)
    sent_at = models.DateTimeField(null=True, blank=True)
    error = models.CharField(max_length=200, blank=True)
    key = models.CharField(max_length=140)

    personal: ClassVar[dict[str, Field]] = {
        "target": Field(_("reach the person"), Basis.CONSENT, (Reader.NOBODY,), 30, sensitive=True),
        "address": Field(_("reach the person"), Basis.CONSENT, (Reader.NOBODY,), 30),
        "words": Field(_("tell the person what happened"), Basis.CONSENT, (Reader.NOBODY,), 30),
        "link": Field(_("open the one matter it is about"), Basis.CONSENT, (Reader.NOBODY,), 30),
    }
    impersonal: ClassVar[str] = "notice channel state attempts not_before sent_at error key"
    personal_rows: ClassVar[Rows] = Rows(of=("notice__person",), ends="not_before", shown=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key"], name="delivery_once")]
        indexes = [
            models.Index(
                fields=["not_before"],
                name="delivery_waiting",
                condition=models.Q(state=DeliveryState.WAITING),
            )
        ]
