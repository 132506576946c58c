"""Places, the sets laid over them, and what happened to them."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils.translation import gettext_lazy as _

from liren.access.audit import Keep, Tracked, append_only, audited
from liren.base import clock
from liren.base.ids import uuid7

from .enums import ChangeKind, Level, SetKind


class Place(Tracked):
    """A node of the one tree. Its identity is ``id``; ``code`` says where it hangs today."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    community = models.CharField(_("community"), max_length=12, db_collation="C")
    code = models.CharField(_("code"), max_length=24, db_collation="C")
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", db_index=False
    )
    level = models.CharField(_("level"), max_length=12, choices=Level.choices)
    name = models.CharField(_("name"), max_length=80)
    # "长山花园 3号楼 2单元": what people say, from the compound down.
    full_name = models.CharField(_("full name"), max_length=200, blank=True)
    aliases = ArrayField(models.CharField(max_length=80), verbose_name=_("aliases"), default=list)
    pinyin = models.CharField(max_length=240, blank=True)
    initials = models.CharField(max_length=60, blank=True)
    # WGS84 degrees (GB/T 37149).
    longitude = models.DecimalField(max_digits=9, decimal_places=6, null=True, blank=True)
    latitude = models.DecimalField(max_digits=8, decimal_places=6, null=True, blank=True)
    outline = models.JSONField(_("outline (GeoJSON, WGS84)"), null=True, blank=True)
    # Exclusive area of a household: what an owner's vote weighs (Civil Code, article 278).
    area = models.DecimalField(
        _("area (m²)"), max_digits=8, decimal_places=2, null=True, blank=True
    )
    # The short code of the QR poster at the entrance.
    tag = models.CharField(max_length=10, null=True, blank=True)
    closed_on = models.DateField(_("closed on"), null=True, blank=True)
    synthetic = models.BooleanField(_("synthetic"), default=False)

    class Meta:
        verbose_name = _("place")
        verbose_name_plural = _("places")
        constraints = [
            models.UniqueConstraint(
                fields=["code"],
                name="place_code_once",
                violation_error_message=_("A place with this code exists already."),
            ),
            models.UniqueConstraint(
                fields=["tag"], name="place_tag_once", condition=models.Q(tag__isnull=False)
            ),
            models.CheckConstraint(
                condition=models.Q(code__regex=r"^\d{2,24}$"), name="place_code_digits"
            ),
        ]
        indexes = [
            models.Index(fields=["parent"], name="place_parent"),
            GinIndex(fields=["name"], name="place_name_trgm", opclasses=["gin_trgm_ops"]),
            models.Index(
                fields=["initials"], name="place_initials", opclasses=["varchar_pattern_ops"]
            ),
            models.Index(fields=["pinyin"], name="place_pinyin", opclasses=["varchar_pattern_ops"]),
            # Every place of a level below a code; households, fourteen of fifteen, are left out.
            models.Index(
                fields=["level", "code"],
                name="place_level_code",
                include=["id"],
                condition=models.Q(closed_on__isnull=True) & ~models.Q(level=Level.HOUSEHOLD),
            ),
        ]
        triggers = audited(Keep.FULL)

    def __str__(self) -> str:
        return self.full_name or self.name


class PlaceSet(Tracked):
    """An overlay over the tree: a compound 小区 crosses grids, a micro-area crosses buildings."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    community = models.CharField(max_length=12, db_collation="C")
    kind = models.CharField(max_length=12, choices=SetKind.choices, default=SetKind.COMPOUND)
    name = models.CharField(_("name"), max_length=80)
    aliases = ArrayField(models.CharField(max_length=80), default=list)
    pinyin = models.CharField(max_length=240, blank=True)
    initials = models.CharField(max_length=60, blank=True)
    synthetic = models.BooleanField(default=False)
    places: "models.ManyToManyField[Place, PlaceSetMember]" = models.ManyToManyField(
        Place, through="PlaceSetMember", related_name="sets"
    )

    class Meta:
        verbose_name = _("place set")
        constraints = [
            models.UniqueConstraint(
                fields=["community", "kind", "name"],
                name="place_set_once",
                violation_error_message=_("There is a compound of this name already."),
            )
        ]
        triggers = audited(Keep.FULL)

    def __str__(self) -> str:
        return self.name


class PlaceSetMember(models.Model):
    """A building (or another place) belongs to a set."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    community = models.CharField(max_length=12, db_collation="C")
    place_set = models.ForeignKey(PlaceSet, models.CASCADE, related_name="members")
    place = models.ForeignKey(Place, models.CASCADE, related_name="memberships")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["place_set", "place"], name="place_in_set_once")
        ]


class PlaceChange(models.Model):
    """What happened to a place: kept so that an old code can still be understood."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    community = models.CharField(max_length=12, db_collation="C")
    place = models.ForeignKey(Place, models.CASCADE, related_name="changes")
    kind = models.CharField(max_length=12, choices=ChangeKind.choices)
    old_code = models.CharField(max_length=24, db_collation="C")
    new_code = models.CharField(max_length=24, db_collation="C")
    old_name = models.CharField(max_length=80, blank=True)
    at = models.DateTimeField(default=clock.now)
    by = models.CharField(max_length=80)
    why = models.CharField(max_length=200)

    class Meta:
        indexes = [models.Index(fields=["old_code"], name="place_change_old_code")]
        triggers = append_only()


class CalendarDay(Tracked):
    """A local override of the working calendar ("" for everybody): a day made working or free."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    community = models.CharField(max_length=12, db_collation="C", default="", blank=True)
    date = models.DateField(_("date"))
    working = models.BooleanField(_("working day"))
    note = models.CharField(_("note"), max_length=60, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["community", "date"], name="calendar_day")]
        triggers = audited(Keep.FULL)
