"""Persons that the manufacturer deals with, natural or legal, and their places."""

from django.db import models

from longmark.core.vocabulary import PartyKind, choices
from longmark.foundation.fields import KeyField


class Party(models.Model):
    """A legal or natural person that the manufacturer deals with."""

    kind = models.CharField(max_length=20, choices=choices(PartyKind))
    name = models.CharField(max_length=200)
    name_key = KeyField(unique=True)
    number = models.CharField(max_length=60, null=True, unique=True)  # noqa: DJ001  # NULL is unique
    country = models.CharField(max_length=2, blank=True)
    language = models.CharField(max_length=10, default="en")
    recorded_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["kind", "name_key"], name="parties_of_a_kind")]

    def __str__(self) -> str:
        return self.name


class Site(models.Model):
    """A place of a party, where units can be."""

    party = models.ForeignKey(Party, models.PROTECT, related_name="sites")
    name = models.CharField(max_length=200)
    city = models.CharField(max_length=100, blank=True)
    country = models.CharField(max_length=2, blank=True)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["party", "name"], name="party_names_a_site_once")
        ]

    def __str__(self) -> str:
        return self.name


class Contact(models.Model):
    """Someone to be told at a party, and the language to tell them in."""

    party = models.ForeignKey(Party, models.PROTECT, related_name="contacts")
    site = models.ForeignKey(Site, models.PROTECT, null=True, related_name="contacts")
    name = models.CharField(max_length=200)
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=60, blank=True)
    language = models.CharField(max_length=10, default="en")
    recorded_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name
