"""How good an SBOM is: its own fields against the law, national rules, and what matching needs."""

from longmark.core.formats.sboms.quality.facts import DocumentFacts, Part, State
from longmark.core.formats.sboms.quality.letters import (
    LANGUAGES,
    Letter,
    Original,
    Parties,
    letter,
    markdown,
    plain_letter,
)
from longmark.core.formats.sboms.quality.plain import plain, plain_lack, summary
from longmark.core.formats.sboms.quality.reading import facts_of, read_facts
from longmark.core.formats.sboms.quality.report import (
    FORMULA,
    Lack,
    Place,
    ProfileReport,
    QualityReport,
    RuleReport,
    Run,
    judged,
    lacks,
    subject_of,
)
from longmark.core.formats.sboms.quality.rules import (
    DATA_VERSION,
    PROFILES,
    Level,
    Mend,
    Profile,
    Rule,
    profile,
)

__all__ = [
    "DATA_VERSION",
    "FORMULA",
    "LANGUAGES",
    "PROFILES",
    "DocumentFacts",
    "Lack",
    "Letter",
    "Level",
    "Mend",
    "Original",
    "Part",
    "Parties",
    "Place",
    "Profile",
    "ProfileReport",
    "QualityReport",
    "Rule",
    "RuleReport",
    "Run",
    "State",
    "facts_of",
    "judged",
    "lacks",
    "letter",
    "markdown",
    "plain",
    "plain_lack",
    "plain_letter",
    "profile",
    "read_facts",
    "subject_of",
    "summary",
]
