"""Tables from purls to CPE names, in each layout; what cannot be read is refused by itself."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from longmark.core.errors import Invalid
from longmark.core.formats.advisories.archives import Member
from longmark.core.formats.name_maps import Pair, Refused, pairs, reading

NX, SIEMENS = "pkg:npm/nx", "cpe:2.3:a:siemens:nx"
PURLS = Member("data/acme/tls/purls.yml", b"purls:\n- pkg:github/acme/tls\n- pkg:deb/debian/tls\n")
CPES = Member(
    "data/acme/tls/cpes.yml",
    b"cpes:\n- cpe:2.3:a:acme:tls:1.0:*:*:*:*:*:*:*\n- cpe:2.3:a:acme:tls:2.0:*:*:*:*:*:*:*\n",
)


def said(*members: Member) -> list[tuple[str, str]]:
    return [(one.purl, one.cpe) for one in pairs(members) if isinstance(one, Pair)]


def refused(*members: Member) -> list[str]:
    return [f"{one.place}: {one.reason}" for one in pairs(members) if isinstance(one, Refused)]


@pytest.mark.parametrize("members", [(PURLS, CPES), (CPES, PURLS)])
def test_lists_that_lie_beside_each_other_are_joined(members: tuple[Member, ...]) -> None:
    assert said(*members) == [
        ("pkg:github/acme/tls", "cpe:2.3:a:acme:tls"),
        ("pkg:deb/debian/tls", "cpe:2.3:a:acme:tls"),
    ]
    assert refused(*members) == []


@pytest.mark.parametrize(
    "content",
    [
        b"purl,cpe\npkg:npm/nx,cpe:2.3:a:siemens:nx\n",
        b"\xef\xbb\xbfCPE, Purl ,note\r\ncpe:2.3:a:siemens:nx,pkg:npm/nx,x\r\n",
        b'[{"purl": "pkg:npm/nx", "cpe": "cpe:2.3:a:siemens:nx"}]',
        b'{"pkg:npm/nx": ["cpe:2.3:a:siemens:nx"]}',
        b'  {"pkg:npm/nx": "cpe:2.3:a:siemens:nx"}',
    ],
)
def test_a_table_is_read_in_each_layout(content: bytes) -> None:
    assert said(Member("", content)) == [(NX, SIEMENS)]


@pytest.mark.parametrize(
    ("member", "reason"),
    [
        (PURLS, "no cpes.yml beside"),
        (CPES, "no purls.yml beside"),
        (Member("a/purls.yml", b"purls: []\n"), "no cpes.yml beside"),
        (Member("purls.yml", b"- x\n"), "Line 1 "),
        (Member("", b"purls:\n- pkg:npm/nx\n"), "joins nothing"),
        (Member("", b"purl;cpe\na;b\n"), "needs the columns"),
        (Member("", b"\xff\xfe\x00"), "not UTF-8"),
        (Member("", b""), "needs the columns"),
        (Member("", b'purl,cpe\n"' + b"a" * 200_000), "no CSV"),
        (Member("", b"[" * 100_000), "no JSON"),
        (Member("", b'[1, {"purl": 2, "cpe": "x"}]'), "Not an object"),
        (Member("x.json", b"", "The member is encrypted."), "x.json: The member is encrypted."),
    ],
)
def test_what_cannot_be_read_is_named(member: Member, reason: str) -> None:
    assert reason in refused(member)[0]
    assert said(member) == []


def test_one_broken_document_does_not_stop_the_others() -> None:
    broken = Member("data/a/b/purls.yml", b"purls:\n- !!python/name:os.system\n")

    assert len(said(broken, PURLS, CPES)) == 2
    assert "Line 2 " in refused(broken, PURLS, CPES)[0]


def test_a_product_that_joins_everything_with_everything_is_refused() -> None:
    purls = b"purls:\n" + b"".join(b"- pkg:generic/p%d\n" % each for each in range(101))
    cpes = b"cpes:\n" + b"".join(b"- cpe:2.3:a:v:p%d\n" % each for each in range(100))

    found = refused(Member("a/purls.yml", purls), Member("a/cpes.yml", cpes))
    assert found == ["a/cpes.yml: Its purls and CPE names make more than 10000 pairs."]


def test_a_table_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "LIMIT_PAIRS", 1)

    with pytest.raises(Invalid, match="more than 1 pairs"):
        list(pairs([PURLS, CPES]))


@given(st.binary(), st.sampled_from(["", "a/purls.yml", "a/cpes.yml", "a.csv"]))
def test_any_bytes_are_read_or_refused(content: bytes, name: str) -> None:
    assert all(isinstance(one, Pair | Refused) for one in pairs([Member(name, content)]))
