"""When is a component affected: one component, all claims about one vulnerability, one verdict."""

from longmark.core.matching.answering import answer, answer_line
from longmark.core.matching.answers import Answer, Remark
from longmark.core.matching.contexts import NOTHING_RECORDED, Context
from longmark.core.matching.deciding import decide
from longmark.core.matching.questions import Question, question_of, subject_of
from longmark.core.matching.subjects import Subject
from longmark.core.matching.trails import Sentence, Step, Trail, clauses, sentence
from longmark.core.matching.verdicts import (
    TO_DO,
    UNDECIDED,
    Claim,
    ClosingReason,
    Decision,
    Judgement,
    Reason,
    Verdict,
)

__all__ = [
    "NOTHING_RECORDED",
    "TO_DO",
    "UNDECIDED",
    "Answer",
    "Claim",
    "ClosingReason",
    "Context",
    "Decision",
    "Judgement",
    "Question",
    "Reason",
    "Remark",
    "Sentence",
    "Step",
    "Subject",
    "Trail",
    "Verdict",
    "answer",
    "answer_line",
    "clauses",
    "decide",
    "question_of",
    "sentence",
    "subject_of",
]
