"""What a statement asks for besides the package, and what a component tells of it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from longmark.core.formats.advisories.intervals import everything
from longmark.core.formats.advisories.records import (
    Alternatives,
    Condition,
    Filters,
    Statement,
    Status,
    Surroundings,
    Tier,
)
from longmark.core.matching import Subject
from longmark.core.matching.surroundings import Demand, qualification
from longmark.core.versions import Scheme


def cpe(name: str) -> str:
    fields = name.split(":")
    return ":".join(["cpe:2.3", *fields, *["*"] * (11 - len(fields))])


def statement(
    *needs: Alternatives,
    kind: Surroundings = Surroundings.SYSTEM,
    filters: Filters | None = None,
    part: str = "a",
) -> Statement:
    condition = Condition("with something", kind, needs) if needs else None
    return Statement(
        "cpe:redis:redis",
        Scheme.GENERIC,
        "/0",
        "redis:redis",
        (everything(Status.AFFECTED),),
        tier=Tier.ENRICHED,
        condition=condition,
        filters=filters,
        part=part,
    )


DECLARED = Subject.of(purl=None, cpes=[cpe("a:redis:redis:7.0:*:*:*:lts:linux")])
DEBIAN = Subject.of(
    purl="pkg:deb/debian/redis-server@5:7.0.11-1?distro=debian-12&upstream=redis",
    cpes=[cpe("a:redis:redis:7.0.11")],
)
NPM = Subject.of(purl="pkg:npm/redis@4.0.0", cpes=[cpe("a:redis:redis:4.0.0")])
BARE = Subject.of(purl=None, cpes=[cpe("a:redis:redis:7.0")])

WINDOWS = Alternatives((cpe("o:microsoft:windows:-"),))
LINUX = Alternatives((cpe("o:linux:linux_kernel:-"),))
DEBIAN_11 = Alternatives((cpe("o:debian:debian_linux:11.0"),))
OTHERS = Alternatives((cpe("o:redhat:enterprise_linux:9"), cpe("o:canonical:ubuntu_linux:22.04")))
CHROME = Alternatives((cpe("a:google:chrome"),))


@pytest.mark.parametrize(
    ("subject", "needs", "demand"),
    [
        (DEBIAN, WINDOWS, Demand.CONTRADICTED),
        (DEBIAN, LINUX, Demand.MET),
        (DEBIAN, OTHERS, Demand.CONTRADICTED),
        (DEBIAN, DEBIAN_11, Demand.CONTRADICTED),
        (DEBIAN, Alternatives((cpe("o:debian:debian_linux:12.0"),)), Demand.MET),
        (BARE, WINDOWS, Demand.OPEN),
        (DEBIAN, Alternatives(WINDOWS.names, is_negated=True), Demand.MET),
        (BARE, CHROME, Demand.OPEN),
    ],
)
def test_a_platform_is_met_contradicted_or_left_open(
    subject: Subject, needs: Alternatives, demand: Demand
) -> None:
    assert qualification(statement(needs), subject).demand is demand


@pytest.mark.parametrize(
    ("subject", "filters", "demand"),
    [
        (NPM, Filters(target_sw="node.js"), Demand.MET),
        (NPM, Filters(target_sw="rust"), Demand.CONTRADICTED),
        (DEBIAN, Filters(target_sw="windows"), Demand.CONTRADICTED),
        (BARE, Filters(target_sw="rust"), Demand.OPEN),
        (DECLARED, Filters(target_sw="windows"), Demand.CONTRADICTED),
        (DECLARED, Filters(target_sw="linux"), Demand.MET),
        (DECLARED, Filters(sw_edition="lts"), Demand.MET),
        (DECLARED, Filters(sw_edition="enterprise"), Demand.CONTRADICTED),
        (BARE, Filters(sw_edition="enterprise"), Demand.OPEN),
    ],
)
def test_filters_exclude_only_what_states_otherwise(
    subject: Subject, filters: Filters, demand: Demand
) -> None:
    assert qualification(statement(filters=filters), subject).demand is demand


def test_parts_are_no_identity_but_lower_the_confidence() -> None:
    assert qualification(statement(part="o"), BARE).cap == "medium"
    assert qualification(statement(part="h"), BARE).demand is Demand.CONTRADICTED
    assert qualification(statement(part="a"), BARE).demand is Demand.MET


def test_other_software_leaves_the_question_open() -> None:
    found = qualification(statement(CHROME, kind=Surroundings.SOFTWARE), BARE)

    assert found.is_undecided
    assert found.reasons == ("other-software-unverified",)


@given(
    st.lists(st.sampled_from([WINDOWS, LINUX, OTHERS, DEBIAN_11]), min_size=1, max_size=3),
    st.sampled_from([Filters(), Filters(target_sw="windows"), Filters(target_sw="linux")]),
)
def test_knowing_the_platform_only_moves_from_open_to_decided(
    needs: list[Alternatives], filters: Filters
) -> None:
    stated = statement(*needs, filters=filters)

    before, after = qualification(stated, BARE), qualification(stated, DEBIAN)

    assert before.demand in (Demand.OPEN, after.demand)
