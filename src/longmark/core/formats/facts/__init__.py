"""Facts of one build: what its tools, its supplier or its compiler say that no version tells."""

from longmark.core.formats.facts.reading import (
    facts_in_sbom,
    is_facts_alone,
    read_facts,
    read_facts_file,
)
from longmark.core.formats.facts.records import (
    Asserted,
    Assertion,
    Basis,
    FactKind,
    Facts,
    FactsInvalid,
    Named,
)

__all__ = [
    "Asserted",
    "Assertion",
    "Basis",
    "FactKind",
    "Facts",
    "FactsInvalid",
    "Named",
    "facts_in_sbom",
    "is_facts_alone",
    "read_facts",
    "read_facts_file",
]
