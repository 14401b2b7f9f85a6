"""A request to the supplier: what a document lacks, numbered, with places and mends.

One letter in three shapes: Markdown, plain data for programs, and what a page prints. The
words around it are data, by language; what the rules themselves say is English.
"""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from itertools import islice
from typing import Any

from longmark.core.formats.sboms.quality.report import (
    Lack,
    ProfileReport,
    QualityReport,
    RuleReport,
    lacks,
)
from longmark.core.formats.sboms.quality.rules import Level

PLACES = 10
"""So many places of each demand stand in the letter; the plain data holds all."""

LANGUAGES = ("en", "de")
ORDER = {Level.MUST: 0, Level.IF_ANY: 1, Level.SHOULD: 2, Level.MAY: 3}


@dataclass(frozen=True, slots=True)
class Parties:
    """Who asks whom, by when, under which number."""

    number: str
    sender: str
    supplier: str
    contact: str
    due_on: date | None
    language: str


@dataclass(frozen=True, slots=True)
class Original:
    """The document that is asked about."""

    filename: str
    digest: str


@dataclass(frozen=True, slots=True)
class Demand:
    """One thing that is asked for. ``places`` are the first of ``lack_count``."""

    number: int
    rule: str
    level: str
    title: str
    section: str
    missing: str
    member: str
    example: str
    moves_to: str
    lack_count: int
    owed_count: int
    places: tuple[str, ...]

    @property
    def unlisted_count(self) -> int:
        """How many places are not named in the letter."""
        return max(self.lack_count - len(self.places), 0)


@dataclass(frozen=True, slots=True)
class Letter:
    """A request, ready to be shown."""

    title: str
    greeting: str
    opening: str
    facts: tuple[tuple[str, str], ...]
    demands: tuple[Demand, ...]
    questions: tuple[str, ...]
    closing: str
    regards: str
    sender: str
    words: Mapping[str, Any]


def letter(
    report: QualityReport, profile: ProfileReport, original: Original, parties: Parties
) -> Letter:
    """Return the request that a report gives rise to."""
    words = words_of(parties.language)
    filled = {
        "number": parties.number,
        "subject": report.subject or original.filename,
        "contact": parties.contact,
        "supplier": parties.supplier,
        "due_on": parties.due_on.isoformat() if parties.due_on else "",
    }
    greeting = "greeting" if parties.contact else "greeting_unnamed"
    opening = "opening" if parties.due_on else "opening_undated"
    return Letter(
        title=words["title"].format(**filled),
        greeting=words[greeting].format(**filled),
        opening=words[opening].format(**filled),
        facts=tuple(_facts(report, profile, original, words)),
        demands=tuple(_demands(report, profile, words)),
        questions=tuple(each.title for each in profile.open_rules),
        closing=words["closing"],
        regards=words["regards"],
        sender=parties.sender,
        words=words,
    )


@cache
def words_of(language: str) -> Mapping[str, Any]:
    """Return the words of a language, English if it is not spoken here."""
    content = files("longmark.core.formats.sboms.quality") / "letters.toml"
    known = tomllib.loads(content.read_text("utf-8"))
    words: Mapping[str, Any] = known.get(language.partition("-")[0].lower(), known["en"])
    return words


def _facts(
    report: QualityReport, profile: ProfileReport, original: Original, words: Mapping[str, Any]
) -> Iterator[tuple[str, str]]:
    yield words["document"], report.subject or original.filename
    yield words["file"], original.filename
    yield "SHA-256", original.digest
    yield words["format"], f"{report.format} {report.spec_version} ({report.encoding})"
    yield words["judged_by"], profile.source
    yield words["score"], f"{profile.score} / 100"


def _demands(
    report: QualityReport, profile: ProfileReport, words: Mapping[str, Any]
) -> Iterator[Demand]:
    asked = sorted(
        (each for each in profile.lacking_rules if each.level is not Level.MAY),
        key=lambda each: ORDER[each.level],
    )
    for number, rule in enumerate(asked, start=1):
        yield Demand(
            number=number,
            rule=rule.id,
            level=words["level"][rule.level.value],
            title=rule.title,
            section=rule.section,
            missing=rule.missing,
            member=rule.member,
            example=rule.example,
            moves_to=rule.moves_to,
            lack_count=rule.lack_count,
            owed_count=rule.owed_count,
            places=tuple(_place(each) for each in islice(lacks(report, rule), PLACES)),
        )


def _place(lack: Lack) -> str:
    said = f"{lack.name} {lack.version}".strip()
    return f"{lack.path} ({said})" if said else lack.path


def markdown(written: Letter) -> str:
    """Return the letter in Markdown, which also reads well as plain text."""
    words = written.words
    lines = [f"# {written.title}", "", written.greeting, "", written.opening, ""]
    lines += [f"- {name}: {_code(value)}" for name, value in written.facts]
    lines += ["", f"## {words['wanted']}", ""]
    for demand in written.demands:
        lines += _demand_lines(demand, words)
    if written.questions:
        lines += [f"## {words['questions']}", ""]
        lines += [f"- [ ] {each}" for each in written.questions]
        lines += [""]
    lines += [written.closing, "", written.regards, "", written.sender, ""]
    return "\n".join(lines)


def _demand_lines(demand: Demand, words: Mapping[str, Any]) -> Iterator[str]:
    count = words["count"].format(lacking=demand.lack_count, owed=demand.owed_count)
    yield f"{demand.number}. **{demand.title}** ({demand.level}; {demand.rule}; {count})"
    yield f"   {demand.missing}"
    if demand.moves_to:
        yield f"   {words['move'].format(format=demand.moves_to)}"
    if demand.member:
        example = f", {words['example']} {_code(demand.example)}" if demand.example else ""
        yield f"   {words['write']} {_code(demand.member)}{example}"
    yield f"   {words['where']}:"
    yield from (f"   - {_code(each)}" for each in demand.places)
    if demand.unlisted_count:
        yield f"   - {words['more'].format(count=demand.unlisted_count)}"
    yield ""


def _code(text: str) -> str:
    """Return text of a foreign document so that it cannot be taken for markup."""
    return f"`{text.replace('`', chr(39))}`" if text else "–"


def plain_letter(
    report: QualityReport, profile: ProfileReport, original: Original, parties: Parties
) -> Mapping[str, object]:
    """Return the request as plain data, with every place."""
    written = letter(report, profile, original, parties)
    by_id: dict[str, RuleReport] = {each.id: each for each in profile.rules}
    return {
        "title": written.title,
        "number": parties.number,
        "sender": parties.sender,
        "supplier": parties.supplier,
        "contact": parties.contact,
        "language": parties.language,
        "due_on": parties.due_on.isoformat() if parties.due_on else None,
        "document": {
            "subject": report.subject,
            "filename": original.filename,
            "sha256": original.digest,
            "format": report.format,
            "spec_version": report.spec_version,
            "encoding": report.encoding,
        },
        "profile": {
            "id": profile.id,
            "source": profile.source,
            "version": profile.version,
            "score": profile.score,
        },
        "demands": [
            {**asdict(each), "places": [_place(lack) for lack in lacks(report, by_id[each.rule])]}
            for each in written.demands
        ],
        "questions": list(written.questions),
    }
