"""Signs of exploitation, and the numbers that the EU gives to vulnerabilities."""

from django.db import models

from longmark.core.vocabulary import SignalKind, choices
from longmark.foundation.fields import KeyField


class Signal(models.Model):
    """Exploitation as a catalogue knows it. What leaves the catalogue is ended, not deleted."""

    kind = models.CharField(max_length=10, choices=choices(SignalKind))
    identifier = KeyField()
    noted_on = models.DateField()
    due_on = models.DateField(null=True)
    name = models.CharField(max_length=500, blank=True)
    action = models.TextField(blank=True)
    notes = models.TextField(blank=True)
    is_used_by_ransomware = models.BooleanField(default=False)
    first_seen_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["identifier", "kind"], name="signal_on_an_id_once")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.identifier}"


class EuvdId(models.Model):
    """Under which id the European vulnerability database has a CVE, known here or not."""

    identifier = KeyField()
    euvd = KeyField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["identifier", "euvd"], name="euvd_id_of_a_cve_once")
        ]
        indexes = [models.Index(fields=["euvd"], name="cve_of_an_euvd_id")]

    def __str__(self) -> str:
        return f"{self.euvd} = {self.identifier}"


class EpssScore(models.Model):
    """The EPSS of a CVE from one day on, until the next row; unchanged days add none."""

    identifier = KeyField()
    scored_on = models.DateField()
    model = models.CharField(max_length=40)
    epss = models.FloatField()
    percentile = models.FloatField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["identifier", "scored_on"], name="epss_once_a_day")
        ]

    def __str__(self) -> str:
        return f"{self.identifier} {self.epss:.5f}"
