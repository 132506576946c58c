"""Audit rows and the seals that chain them."""

from django.contrib.postgres.indexes import BrinIndex
from django.db import models

from .audit import append_only


class AuditRow(models.Model):
    """One change of one row; written by triggers only."""

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField()
    xact = models.BigIntegerField()  # transaction number: the sealer waits for all of them
    table = models.CharField(max_length=63)
    op = models.CharField(max_length=6)
    row = models.TextField()
    community = models.CharField(max_length=12, db_collation="C")
    actor = models.CharField(max_length=80)
    reason = models.CharField(max_length=200)
    content = models.JSONField(null=True)
    digest = models.BinaryField(max_length=32)

    class Meta:
        indexes = [
            models.Index(fields=["table", "row"], name="audit_of_row"),
            # The sealer looks for ranges of transaction numbers, which arrive nearly in order.
            BrinIndex(fields=["xact"], name="audit_by_xact", autosummarize=True),
        ]
        triggers = append_only()


class AuditSeal(models.Model):
    """A sealed batch: the digests of its rows and a hash chained to the batch before.

    Every row of a transaction numbered below ``xact_until`` is in this seal or an earlier one.
    """

    id = models.BigAutoField(primary_key=True)
    xact_until = models.BigIntegerField()
    rows = models.BinaryField()  # 8 bytes of id + 32 bytes of digest for every row, in order
    before = models.BinaryField(max_length=32)
    hash = models.BinaryField(max_length=32)
    at = models.DateTimeField()

    class Meta:
        triggers = append_only()


class Bucket(models.Model):
    """A leaky bucket of a rate limit. Unlogged: a crash may forget it."""

    key = models.CharField(primary_key=True, max_length=32, db_collation="C")
    level = models.FloatField()
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.key
