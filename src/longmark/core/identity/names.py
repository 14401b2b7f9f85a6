"""Names: what an SBOM calls a component, and what it can be looked up as, as texts.

A *stated name* is what an SBOM says without the version: ``pkg:npm/nx``, ``git:host/path`` (of a
forge's purl or a ``vcs_url``), ``cpe:vendor:product``, or ``bare:group:name`` of what carries no
identifier. It depends on no table of ours, so that what is remembered under it stays true when a
table grows. A *lookup name* is a package key, or ``product:id`` for all keys of a product in the
built-in table.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from longmark.core.errors import Invalid
from longmark.core.identity import distributions
from longmark.core.identity.cpe import Cpe
from longmark.core.identity.packages import (
    ECOSYSTEMS,
    package_of_cpe,
    package_of_name,
    package_of_purl,
    package_of_repository,
)
from longmark.core.identity.products import Product, any_product_of, product_with_id
from longmark.core.identity.purl import Purl, parse_purl
from longmark.core.identity.repositories import repository_package
from longmark.core.identity.words import folded_pairs
from longmark.core.versions import Scheme

LENGTH_LIMIT: Final = 500
NAMES_VERSION: Final = 1
"""Raised whenever other stated names come out: those of stored components are told again."""

PRODUCT: Final = "product:"
BARE: Final = "bare:"

_FORGES: Final = {"github": "github.com", "gitlab": "gitlab.com", "bitbucket": "bitbucket.org"}
_SHARED: Final = ("cpe", "git", "name")  # kinds of keys by which a product goes
_KINDS: Final = (*ECOSYSTEMS, *distributions.SCHEMES, "generic", "name", "oss-fuzz", "conan")
_FORMS: Final = (
    "a purl (pkg:npm/nx), a CPE name (cpe:2.3:a:vendor:product), the address of a repository"
    " (https://github.com/owner/name)"
)


def stated_names(
    *, purl: str | None, cpes: Sequence[str], group: str, name: str
) -> tuple[str, ...]:
    """Return what is said of a component without its version, the strongest first.

    >>> stated_names(purl="pkg:npm/nx@15.0.0", cpes=(), group="", name="nx")
    ('pkg:npm/nx',)
    >>> stated_names(purl=None, cpes=(), group="Treck", name="TCP/IP")
    ('bare:treck:tcp/ip',)
    """
    parsed = parse_purl(purl) if purl else None
    found = [*(_names_of_purl(parsed) if parsed else ()), *filter(None, map(_name_of_cpe, cpes))]
    return tuple(dict.fromkeys(found)) or (bare_name(group, name),)


def stated_version(*, purl: Purl | None, cpes: Sequence[str], version: str | None) -> str:
    """Return the version that is said of a component: by its purl, by itself, or by a CPE."""
    if purl and purl.version:
        return purl.version
    if version:
        return version
    named = (cpe.stated_version for cpe in map(_cpe, cpes) if cpe and cpe.stated_version)
    return next(named, "")


def bare_name(group: str, name: str) -> str:
    """Return the stated name of what carries no identifier."""
    return f"{BARE}{group.strip().casefold().replace(':', '%3a')}:{name.strip().casefold()}"


def _names_of_purl(purl: Purl) -> Iterator[str]:
    repository = repository_package(purl.qualifier("vcs_url"))
    if purl.type in _FORGES:
        path = f"{purl.namespace}/{purl.name}" if purl.namespace else purl.name
        location = f"{_FORGES[purl.type]}/{path}"
        yield repository_package(location) or f"git:{location.lower()}"
    elif purl.type in distributions.SCHEMES:
        yield from _names_of_distribution(purl)
    else:
        yield _spelled(purl.type, purl.namespace, purl.name)
    if repository:
        yield repository


def _names_of_distribution(purl: Purl) -> Iterator[str]:
    distribution = distributions.distribution_of(purl.namespace)
    yield _spelled(purl.type, distribution, purl.name.lower())
    source = distributions.source_name(purl).removesuffix(".src.rpm")
    yield _spelled(purl.type, distribution, source)


def _spelled(kind: str, namespace: str, name: str) -> str:
    path = f"{_quoted(namespace)}/" if namespace else ""
    return f"pkg:{kind}/{path}{_quoted(name).replace('/', '%2F')}"


def _quoted(text: str) -> str:
    if text.isascii() and not set(text) & {"%", "@", "?", "#"}:
        return text
    marks = (("%", "%25"), ("@", "%40"), ("?", "%3F"), ("#", "%23"))
    for mark, code in marks:
        text = text.replace(mark, code)
    return text


def _name_of_cpe(text: str) -> str | None:
    """Return vendor and product, wildcards included: those are what needs a correction."""
    cpe = _cpe(text)
    if cpe is None:
        return None
    return f"cpe:{cpe.vendor.replace(':', '%3a')}:{cpe.product.replace(':', '%3a')}"


def _cpe(text: str) -> Cpe | None:
    try:
        return Cpe.parse(text)
    except Invalid:
        return None


def read_stated_name(text: str) -> str:
    """Return the stated name that a person or a table writes; versions in it are left out.

    >>> read_stated_name("pkg:github/Madler/zlib@v1.2.12")
    'git:github.com/madler/zlib'

    Raises:
        Invalid: it is none.
    """
    sought = _plain(text, field="stated")
    folded = sought.lower()
    if folded.startswith("pkg:"):
        purl = parse_purl(sought)
        if purl:
            return next(_names_of_purl(purl))
    elif folded.startswith(BARE) and sought.count(":") >= 2:
        group, _, name = sought.removeprefix(sought[: len(BARE)]).partition(":")
        return bare_name(group.replace("%3a", ":"), name)
    else:
        found = _short_cpe(folded) or _name_of_cpe(sought) or _repository(sought)
        if found:
            return found
    raise Invalid(
        "{text} is not what an SBOM says: give {forms}, or bare:GROUP:NAME for a component"
        " without any of them (the group may be empty).",
        field="stated",
        text=text,
        forms=_FORMS,
    )


def read_lookup_name(text: str) -> str:
    """Return the package key, or product of the table, that a person writes.

    >>> read_lookup_name("cpe:2.3:a:siemens:nx:*:*:*:*:*:*:*:*"), read_lookup_name("product:curl")
    ('cpe:siemens:nx', 'product:curl')
    >>> read_lookup_name("https://github.com/madler/zlib.git")
    'git:github.com/madler/zlib'

    Raises:
        Invalid: it is none, or names hardware, or is not concrete.
    """
    sought = _plain(text, field="target")
    folded = sought.lower()
    found: str | None
    if folded.startswith(PRODUCT):
        found = folded if product_with_id(folded.removeprefix(PRODUCT)) else None
    elif folded.startswith("pkg:"):
        purl = parse_purl(sought)
        found = package_of_purl(purl) if purl else None
    elif folded.startswith("cpe:"):
        found = _cpe_package(sought)
    elif folded.partition(":")[0] in _KINDS and not folded.endswith(":"):
        found = sought
    else:
        found = _canonical_repository(sought)
    if found is None:
        raise Invalid(
            "{text} is nothing that a component can be looked up as: give {forms}, or product:ID"
            " for a product of the built-in table.",
            field="target",
            text=text,
            forms=_FORMS,
        )
    return found


def _plain(text: str, *, field: str) -> str:
    sought = text.strip()
    if not sought or len(sought) > LENGTH_LIMIT or not sought.isprintable():
        raise Invalid("Give a name of at most {limit} characters.", field=field, limit=LENGTH_LIMIT)
    return sought


def _short_cpe(folded: str) -> str | None:
    """Return ``cpe:vendor:product`` if that is how it is written."""
    parts = folded.split(":")
    is_short = len(parts) == 3 and parts[0] == "cpe" and all(parts) and parts[1][0] != "/"
    return folded if is_short and parts[1] != "2.3" else None


def _cpe_package(sought: str) -> str | None:
    short = _short_cpe(sought.lower())
    if short:
        return None if {"*", "-"} & set(short.split(":")) else short
    cpe = _cpe(sought)
    return package_of_cpe(cpe) if cpe and cpe.part != "h" else None


def _repository(sought: str) -> str | None:
    location = sought.removeprefix("git:") if sought.startswith("git:") else sought
    return repository_package(location) if "/" in location else None


def _canonical_repository(sought: str) -> str | None:
    location = sought.removeprefix("git:") if sought.startswith("git:") else sought
    return package_of_repository(location) if "/" in location else None


def scheme_of_stated(stated: str) -> Scheme:
    """Return the scheme in which the versions of what an SBOM calls so are ordered."""
    kind = stated.removeprefix("pkg:").partition("/")[0]
    if stated.startswith("pkg:"):
        return ECOSYSTEMS.get(kind) or distributions.SCHEMES.get(kind) or Scheme.GENERIC
    return Scheme.GENERIC


def kind_of_stated(stated: str) -> str:
    """Return the purl type of a stated name, else ``git``, ``cpe`` or ``bare``."""
    if stated.startswith("pkg:"):
        return stated.removeprefix("pkg:").partition("/")[0]
    return stated.partition(":")[0]


def product_of_target(target: str) -> Product | None:
    """Return the product that ``product:id`` names."""
    return product_with_id(target.removeprefix(PRODUCT)) if target.startswith(PRODUCT) else None


def name_to_bar(package: str) -> str:
    """Return the lookup name that says *not that product*: the whole product if the table has it.

    >>> name_to_bar("cpe:haxx:libcurl"), name_to_bar("cpe:siemens:nx")
    ('product:curl', 'cpe:siemens:nx')
    """
    known = any_product_of(package) if package.partition(":")[0] in _SHARED else None
    return f"{PRODUCT}{known.id}" if known else package


def words_of_cpe_package(package: str) -> str | None:
    """Return the key of the same vendor and product as folded words; ``None`` if it has none.

    >>> words_of_cpe_package("cpe:siemens:nx")
    'name:siemens:nx'
    """
    if not package.startswith("cpe:"):
        return None
    _, vendor, product = (part.replace("%3a", ":") for part in package.split(":", 2))
    words = package_of_name(vendor, product)
    return words if words and words == f"name:{folded_pairs(vendor, product)[-1]}" else None
