"""People who sign in, what they are in the company, and the tokens of programs."""

from datetime import datetime

from django.contrib.auth.models import AbstractUser
from django.db import models

from longmark.core.actors import Action, Role


class Person(AbstractUser):
    """Someone who signs in."""

    class Meta(AbstractUser.Meta):
        verbose_name = "person"
        verbose_name_plural = "people"

    def __str__(self) -> str:
        return self.get_full_name() or self.username


class RoleGrant(models.Model):
    """A role that a person holds."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="grants")
    role = models.CharField(max_length=20, choices=[(role.value, role.value) for role in Role])
    granted_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "role"], name="person_holds_a_role_once")
        ]

    def __str__(self) -> str:
        return f"{self.person_id} is {self.role}"


class Token(models.Model):
    """A program's key to the API. Only a digest of it is kept; it is shown once.

    ``scopes`` narrows what the person's roles allow; it never widens it.
    """

    person = models.ForeignKey(Person, models.CASCADE, related_name="tokens")
    name = models.CharField(max_length=100)
    digest = models.CharField(max_length=64, unique=True)
    hint = models.CharField(max_length=12)
    scopes = models.JSONField(default=list)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.name} ({self.hint}…)"

    def is_usable(self, now: datetime) -> bool:
        """Tell whether the token opens anything at ``now``."""
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at)

    @property
    def actions(self) -> frozenset[Action]:
        """The scopes as actions."""
        return frozenset(Action(scope) for scope in self.scopes)
