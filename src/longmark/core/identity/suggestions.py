"""What a component without identifier may be, by clear rules; a person decides.

A name alone is no identity, so nothing of this is ever applied by itself. Three things are told:
what the same name is stated as elsewhere in the portfolio, what rules and maps say of it under
another group or as a plain purl, and what the built-in table knows by the name once a version at
its end is taken off.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from longmark.core.identity.distributions import SCHEMES
from longmark.core.identity.names import BARE, PRODUCT, kind_of_stated
from longmark.core.identity.products import product_named
from longmark.core.identity.rules import NameRule, NameRuleKind, Rulebook

LIMIT_IDENTITIES: Final = 3
"""A name that is stated as more different things says nothing."""

_VERSION_AT_END: Final = re.compile(r"(?P<name>.*?[^\W\d].*?)[-_ .]*v?(?P<version>\d+(?:\.\d+)+.*)")


class Because(StrEnum):
    """Why something is suggested."""

    ELSEWHERE = "elsewhere"
    RULE = "rule"
    TABLE = "table"


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A rule that could be made of a stated name; ``source`` is what it is taken from.

    ``count`` tells of how many components that is said elsewhere.
    """

    kind: NameRuleKind
    because: Because
    source: str
    target: str = ""
    purl: str = ""
    cpes: tuple[str, ...] = ()
    count: int = 0

    @property
    def code(self) -> str:
        """What it comes to: two suggestions of one code are one."""
        return " ".join((self.kind.value, self.target or self.purl, *self.cpes))


def name_of(stated: str) -> str:
    """Return the name in a stated name without identifier, without its group.

    >>> name_of("bare:treck:tcp/ip")
    'tcp/ip'
    """
    return stated.removeprefix(BARE).partition(":")[2]


def neighbours(stated: str) -> tuple[str, ...]:
    """Return stated names of which what is said may hold here too.

    >>> neighbours("bare:acme:lwip")
    ('bare::lwip', 'pkg:generic/lwip', 'git:github.com/lwip/lwip')
    """
    name = name_of(stated)
    found = (f"{BARE}:{name}", f"pkg:generic/{name}", f"git:github.com/{name}/{name}")
    return tuple(each for each in found if each != stated)


def suggestions(
    stated: str, *, elsewhere: Mapping[str, int], rulebook: Rulebook
) -> tuple[Suggestion, ...]:
    """Return what a name without identifier may be, each once, the strongest first.

    ``elsewhere`` counts what components of the same name are stated as; ``rulebook`` holds what is
    said of these, of the name itself and of :func:`neighbours`. What somebody said that it is not
    is not suggested.
    """
    found = [
        *_from_elsewhere(elsewhere),
        *_from_rules(rulebook, [*elsewhere, *neighbours(stated)]),
        *_from_table(name_of(stated)),
    ]
    denied = {rule.target for rule in rulebook.get(stated, ()) if rule.kind is NameRuleKind.IS_NOT}
    once: dict[str, Suggestion] = {}
    for each in found:
        if each.target not in denied:
            once.setdefault(each.code, each)
    return tuple(once.values())


def _from_elsewhere(elsewhere: Mapping[str, int]) -> Iterator[Suggestion]:
    identities = {name: count for name, count in elsewhere.items() if _is_upstream(name)}
    if len(identities) > LIMIT_IDENTITIES:
        return
    for name, count in sorted(identities.items(), key=lambda pair: (-pair[1], pair[0])):
        if name.startswith("pkg:"):
            kind = NameRuleKind.CORRECTED
            yield Suggestion(kind, Because.ELSEWHERE, name, purl=name, count=count)
        else:
            kind = NameRuleKind.KNOWN_AS
            yield Suggestion(kind, Because.ELSEWHERE, name, target=name, count=count)


def _is_upstream(stated: str) -> bool:
    """Tell whether a name is more than one distribution's: what has no identifier is no package
    of theirs. A wildcard identifies nothing."""
    is_open = stated.startswith("cpe:") and bool({"*", "-"} & set(stated.split(":")))
    return kind_of_stated(stated) not in SCHEMES and not stated.startswith(BARE) and not is_open


def _from_rules(rulebook: Rulebook, names: Sequence[str]) -> Iterator[Suggestion]:
    for name in dict.fromkeys(names):
        yield from _adopted(name, rulebook.get(name, ()))


def _adopted(name: str, rules: Iterable[NameRule]) -> Iterator[Suggestion]:
    for rule in rules:
        if rule.kind is not NameRuleKind.IS_NOT and rule.versions.is_everything:
            yield Suggestion(rule.kind, Because.RULE, name, rule.target, rule.purl, rule.cpes)


def _from_table(name: str) -> Iterator[Suggestion]:
    found = _VERSION_AT_END.fullmatch(name)
    product = product_named(found["name"], found["version"]) if found else None
    if product:
        target = f"{PRODUCT}{product.id}"
        yield Suggestion(NameRuleKind.KNOWN_AS, Because.TABLE, product.id, target)
