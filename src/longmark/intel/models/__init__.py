"""What is known from outside: advisories as received, what they state, how they hang together.

Cut by subject; Django finds all tables here.
"""

from longmark.intel.models.advisories import (
    Advisory,
    AffectedRange,
    ExactVersion,
    Link,
    Parcel,
    Statement,
    Subject,
)
from longmark.intel.models.feeds import Bundle, Feed, FeedRun
from longmark.intel.models.intakes import Intake, Refusal, Rereading
from longmark.intel.models.signals import EpssScore, EuvdId, Signal
from longmark.intel.models.vulnerabilities import HEADLINE_LENGTH, Alias, Change, Vulnerability

__all__ = [
    "HEADLINE_LENGTH",
    "Advisory",
    "AffectedRange",
    "Alias",
    "Bundle",
    "Change",
    "EpssScore",
    "EuvdId",
    "ExactVersion",
    "Feed",
    "FeedRun",
    "Intake",
    "Link",
    "Parcel",
    "Refusal",
    "Rereading",
    "Signal",
    "Statement",
    "Subject",
    "Vulnerability",
]
