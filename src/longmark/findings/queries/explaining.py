"""Why, or why not, a component is concerned: asked of all records here, answered by the core.

Nothing of it is stored: near misses are told too, which no match keeps.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from longmark.core.matching import Answer, Context, Question, Subject, subject_of
from longmark.core.matching.answering import answer_from
from longmark.core.matching.sources import Material
from longmark.findings.queries.candidates import stored_subjects
from longmark.intel.queries.originals import records_on
from longmark.sboms import queries as sboms


@dataclass(frozen=True)
class Explained:
    """An answer, with what was asked."""

    subject: Subject
    advisory: str
    answer: Answer


def explain(
    component: str, advisory: str, *, platform: Sequence[str] = (), parent: str = ""
) -> Explained:
    """Return why an advisory here concerns a component, or why not. Six queries at most.

    `component` is the id of a stored one, a purl, a CPE name, or a name and a version.

    Raises:
        Invalid: the component cannot be read.
        NotFound: no such component or advisory is known here.
    """
    subject = _subject(component.strip())
    records, identifiers = records_on(advisory)
    context = Context.of(platform=platform, parent=parent)
    question = Question(subject, None, context=context, id=advisory, vulnerability=advisory)
    answer = answer_from(question, Material(tuple(records), context, identifiers))
    return Explained(subject, advisory, answer)


def _subject(component: str) -> Subject:
    try:
        pk = UUID(component)
    except ValueError:
        return subject_of(component)
    stored = sboms.component(pk)
    return stored_subjects([stored.pk])[stored.pk]
