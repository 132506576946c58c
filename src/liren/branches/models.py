"""What a branch is for and what it takes on. No list of members, nothing of anybody's own life."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from liren.access.audit import Keep, Tracked, append_only, audited
from liren.base import clock
from liren.base.ids import uuid7
from liren.organisation.models import Organisation, Post
from liren.territory.models import Place

from .enums import TaskState


class Branch(Tracked):
    """A branch on the register: its organisation and its duties, in its own words."""

    organisation = models.OneToOneField(
        Organisation, models.PROTECT, primary_key=True, related_name="branch"
    )
    community = models.CharField(max_length=12, db_collation="C")
    place = models.ForeignKey(Place, models.PROTECT, related_name="branches")
    place_code = models.CharField(max_length=24, db_collation="C")
    duties = ArrayField(models.CharField(max_length=200), default=list, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = _("branch")
        triggers = audited(Keep.FULL)


class Task(Tracked):
    """Something to be done at a place until a day, for a post that confirms it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    community = models.CharField(max_length=12, db_collation="C")
    place = models.ForeignKey(Place, models.PROTECT, related_name="branch_tasks")
    place_code = models.CharField(max_length=24, db_collation="C")
    title = models.CharField(_("what is to be done"), max_length=80)
    text = models.CharField(_("more about it"), max_length=500, blank=True)
    due = models.DateField(_("until"))
    branch = models.ForeignKey(Branch, models.PROTECT, null=True, blank=True, related_name="tasks")
    receiver = models.ForeignKey(Post, models.PROTECT, related_name="tasks_received")
    state = models.CharField(max_length=10, choices=TaskState.choices, default=TaskState.OFFERED)
    claimed_on = models.DateField(null=True, blank=True)
    done_on = models.DateField(null=True, blank=True)
    confirmed_on = models.DateField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)
    synthetic = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("task")
        constraints = [
            models.CheckConstraint(
                condition=Q(branch__isnull=False) | Q(state__in=["offered", "withdrawn"]),
                name="task_taken_on_by_a_branch",
            )
        ]
        indexes = [models.Index(fields=["place_code", "state"], name="task_where")]
        triggers = audited(Keep.FULL)

    def __str__(self) -> str:
        return self.title


class TaskStep(models.Model):
    """What happened to a task. Never changed."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    community = models.CharField(max_length=12, db_collation="C")
    task = models.ForeignKey(Task, models.CASCADE, related_name="steps")
    verb = models.CharField(max_length=12)
    text = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField(default=clock.now)
    by = models.CharField(max_length=80)
    by_post = models.ForeignKey(Post, models.PROTECT, null=True, related_name="task_steps")

    class Meta:
        ordering = ("-at", "-id")
        triggers = append_only()
