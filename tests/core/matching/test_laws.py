"""What must hold of every answer: facts only decide, order does not matter, nothing is lost."""

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st
from tests.core.matching.questions import Json, all_of, any_of, cna, cpe, name, node, osv, verdict
from tests.core.matching.test_table import CASES, PLATFORMS

from longmark.core.formats.advisories.partial import detected, records_of
from longmark.core.matching import Claim, Context, Subject, Verdict, decide

FACTS = (
    name("o:linux:linux_kernel:6.1"),
    name("h:acme:board:-"),
    name("a:google:chrome:113"),
    name("a:acme:frob:1.0"),
)
SYSTEMS = ("o:linux:linux_kernel", "o:microsoft:windows:-", "o:debian:debian_linux:12")
NEEDS = st.sampled_from(
    [
        *SYSTEMS,
        "h:acme:board:-",
        "h:acme:panel:-",
        "a:google:chrome:113",
        "a:google:chrome:114",
        "a:nobody:nothing",
    ]
)


@st.composite
def trees(draw: st.DrawFn) -> Json:
    """Configurations that ask for one to three groups beside the product."""
    groups = [
        node(
            *(cpe(one, vulnerable=False) for one in draw(st.lists(NEEDS, min_size=1, max_size=2))),
            negate=draw(st.booleans()),
        )
        for _ in range(draw(st.integers(1, 3)))
    ]
    return all_of(node(cpe("a:acme:frob", "<2")), *groups)


@given(trees(), st.permutations(FACTS))
def test_more_facts_only_move_an_answer_from_open_to_decided(tree: Json, facts: list[str]) -> None:
    component = name("a:acme:frob:1.0")
    answers = [
        verdict(component, tree, context={"platform": facts[:count]})
        for count in range(len(facts) + 1)
    ]

    decided = [one for one in answers if one == "not_affected"]
    assert answers[len(answers) - len(decided) :] == decided
    assert all(
        later != "unknown" for earlier, later in combinations(answers, 2) if earlier != "unknown"
    )


CLAIMED = [
    any_of(cpe("a:zlib:zlib", "<1.2.13")),
    any_of(cpe("a:zlib:zlib", ">=1.2.12", "<1.3")),
    cna("zlib", "zlib", {"version": "1.2.0", "lessThan": "1.2.12", "status": "affected"}),
    osv("npm", "zlib", "0 2.0.0"),
    any_of(cpe("a:gnu:zlib:1.2.12")),
    all_of(node(cpe("a:zlib:zlib")), node(cpe("o:microsoft:windows:-", vulnerable=False))),
]


@given(st.permutations(CLAIMED), st.sampled_from(["1.2.11", "1.2.12", "1.2.13", "1.4", ""]))
def test_the_order_of_claims_does_not_change_the_decision(order: list[Json], version: str) -> None:
    subject = Subject.of(purl=f"pkg:generic/zlib@{version}".rstrip("@"))

    def decided(documents: list[Json]) -> object:
        claims = [
            Claim(record.source, f"R{CLAIMED.index(document)}", stated)
            for document in documents
            for record in records_of(document, kind=detected(document))  # type: ignore[arg-type]
            for stated in record.statements
        ]
        found = decide(subject, claims)
        return found and (found.verdict, found.confidence, found.reasons, found.judgements)

    assert decided(order) == decided(CLAIMED)


@given(st.sampled_from(CASES), st.sampled_from(CASES))
def test_a_record_about_something_else_changes_no_answer(
    case: tuple[str, Json, str], other: tuple[str, Json, str]
) -> None:
    component, advisory, _ = case
    subject = Subject.of(purl=component) if component.startswith("pkg:") else Subject.of(
        purl=None, cpes=[component])  # fmt: skip
    kinds = [detected(one) for one in (advisory, other[1])]
    mine, theirs = (
        [Claim(record.source, "R", stated) for record in records_of(one, kind=kind)  # type: ignore[arg-type]
         for stated in record.statements]
        for one, kind in zip((advisory, other[1]), kinds, strict=True)
    )  # fmt: skip
    unrelated = [one for one in theirs if one.statement.package not in subject.by_package]

    assert decide(subject, [*mine, *unrelated]) == decide(subject, mine)


def test_platforms_are_read_with_and_without_a_context_object() -> None:
    for component, advisory, platform, expected in PLATFORMS:
        claims = [
            Claim(record.source, "R", stated)
            for record in records_of(advisory, kind=detected(advisory))  # type: ignore[arg-type]
            for stated in record.statements
        ]
        found = decide(
            Subject.of(purl=None, cpes=[component]), claims, Context.of(platform=platform)
        )

        assert (found.verdict if found else Verdict.NOT_AFFECTED) == expected
