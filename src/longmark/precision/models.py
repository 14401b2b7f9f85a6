"""Who sees to what, and how much of it there was on past days."""

from django.db import models


class Reading(models.Model):
    """How much a rule counted on a day; the first count of the day stays."""

    rule = models.CharField(max_length=40)
    day = models.DateField()
    count = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["rule", "day"], name="rule_is_read_once_a_day")
        ]

    def __str__(self) -> str:
        return f"{self.rule} {self.day}: {self.count}"


class Duty(models.Model):
    """Who sees to it that what a rule counts gets less."""

    rule = models.CharField(max_length=40, primary_key=True)
    person = models.ForeignKey("accounts.Person", models.PROTECT, related_name="+")
    given_by = models.CharField(max_length=200)
    given_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.rule}: {self.person}"
