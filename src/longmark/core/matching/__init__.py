"""When is a component affected: one component, all claims about one vulnerability, one verdict."""

from longmark.core.matching.deciding import decide
from longmark.core.matching.subjects import Subject
from longmark.core.matching.trails import Sentence, Trail, sentence
from longmark.core.matching.verdicts import Claim, Decision, Judgement, Reason, Verdict

__all__ = [
    "Claim",
    "Decision",
    "Judgement",
    "Reason",
    "Sentence",
    "Subject",
    "Trail",
    "Verdict",
    "decide",
    "sentence",
]
