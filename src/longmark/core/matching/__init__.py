"""When is a component affected: one component, all claims about one vulnerability, one verdict."""

from longmark.core.matching.deciding import decide
from longmark.core.matching.subjects import Subject
from longmark.core.matching.trails import Sentence, Step, Trail, clauses, sentence
from longmark.core.matching.verdicts import (
    Claim,
    ClosingReason,
    Decision,
    Judgement,
    Reason,
    Verdict,
)

__all__ = [
    "Claim",
    "ClosingReason",
    "Decision",
    "Judgement",
    "Reason",
    "Sentence",
    "Step",
    "Subject",
    "Trail",
    "Verdict",
    "clauses",
    "decide",
    "sentence",
]
