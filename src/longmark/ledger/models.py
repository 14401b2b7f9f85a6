"""The append-only log of everything that was decided or changed, and the blobs it names."""

from django.db import models

from longmark.foundation.fields import KeyField


class Blob(models.Model):
    """A document kept byte for byte, under the SHA-256 of its content."""

    digest = models.CharField(primary_key=True, max_length=64)
    sha512 = models.CharField(max_length=128)
    size_bytes = models.BigIntegerField()
    media_type = models.CharField(max_length=120)
    stored_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"sha256:{self.digest}"


class Entry(models.Model):
    """One fact that was recorded. Never changed, never removed.

    ``body`` is the canonical JSON of the whole entry and ``leaf_hash`` its Merkle leaf
    (RFC 9162); the other columns repeat parts of the body to be searched by. ``position``
    is the entry's place in the gap-free order that the sealer gives to committed entries.
    """

    position = models.BigIntegerField(null=True, unique=True)
    recorded_at = models.DateTimeField()
    actor_kind = models.CharField(max_length=20)
    actor_id = models.CharField(max_length=64)
    actor_name = models.CharField(max_length=200)
    action = models.CharField(max_length=80)
    subject_kind = models.CharField(max_length=60)
    subject_id = KeyField()
    body = models.TextField()
    leaf_hash = models.CharField(max_length=64)

    class Meta:
        indexes = [
            models.Index(fields=["subject_kind", "subject_id", "id"], name="entries_by_subject"),
            models.Index(fields=["action", "id"], name="entries_by_action"),
            models.Index(
                fields=["id"], condition=models.Q(position=None), name="entries_to_be_sealed"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.subject_kind} {self.subject_id}"


class Cursor(models.Model):
    """How far a follower of the sealed ledger has come, and who is at it now."""

    name = models.CharField(primary_key=True, max_length=60)
    position = models.BigIntegerField(default=0)
    held_until = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.name} at {self.position}"


class Receipt(models.Model):
    """The answer that a request with an idempotency key got; a repeat gets the same.

    ``status`` is empty while the first request is still being worked on.
    """

    caller = models.CharField(max_length=64)
    key = models.CharField(max_length=200)
    request_digest = models.CharField(max_length=64)
    began_at = models.DateTimeField()
    status = models.PositiveSmallIntegerField(null=True)
    media_type = models.CharField(max_length=100, blank=True)
    body = models.BinaryField(default=b"")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["caller", "key"], name="caller_uses_a_key_once")
        ]

    def __str__(self) -> str:
        return self.key
