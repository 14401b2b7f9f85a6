"""Questions in few words: components, parts of records as each source writes them."""

import json
from typing import Any

from longmark.core.matching import Answer, answer_line

Json = dict[str, Any]


def asked(component: object, advisory: object, **more: Any) -> Answer:
    """Return the answer to a question that goes the whole way, as a line of JSON."""
    question = {"id": "Q", "component": component, "advisory": advisory, **more}
    return answer_line(json.dumps(question).encode(), number=1)


def verdict(component: object, advisory: object, **more: Any) -> str:
    return asked(component, advisory, **more).verdict.value


def name(short: str) -> str:
    """Fill up a CPE name that is written short: ``a:vendor:product:version``."""
    fields = short.split(":")
    return ":".join(["cpe:2.3", *fields, *["*"] * (11 - len(fields))])


def cpe(short: str, *bounds: str, vulnerable: bool = True) -> Json:
    """A CPE match; bounds as ``>=1.0`` or ``<2.0``."""
    signs = {
        ">=": "versionStartIncluding",
        "<=": "versionEndIncluding",
        ">": "versionStartExcluding",
        "<": "versionEndExcluding",
    }
    found = {}
    for bound in bounds:
        sign = next(one for one in signs if bound.startswith(one))
        found[signs[sign]] = bound.removeprefix(sign)
    return {"vulnerable": vulnerable, "criteria": name(short), **found}


def node(*matches: Json, **more: Any) -> Json:
    return {"operator": "OR", "negate": False, "cpeMatch": list(matches), **more}


def any_of(*matches: Json, **more: Any) -> Json:
    """The configurations of an NVD record: one node of alternatives."""
    return {"configurations": [{"nodes": [node(*matches)]}], **more}


def all_of(*nodes: Json, **more: Any) -> Json:
    """The configurations of an NVD record: every node must hold."""
    return {"configurations": [{"operator": "AND", "nodes": list(nodes)}], **more}


def osv(ecosystem: str, package: str, *ranges: str, versions: list[str] | None = None) -> Json:
    """An OSV record; each range is written ``introduced fixed introduced …``."""
    kinds = ("introduced", "fixed")
    affected = []
    for one in ranges or ("",):
        events = [{kinds[place % 2]: bound} for place, bound in enumerate(one.split())]
        entry: Json = {"package": {"ecosystem": ecosystem, "name": package}}
        if events:
            entry["ranges"] = [{"type": "ECOSYSTEM", "events": events}]
        affected.append(entry)
    if versions:
        affected[0]["versions"] = versions
    return {"affected": affected}


def tags(repository: str, *versions: str) -> Json:
    """An OSV record of a repository by tags."""
    events = [{"introduced": "a" * 40}, {"fixed": "b" * 40}]
    git = {"type": "GIT", "repo": repository, "events": events}
    return {"affected": [{"ranges": [git], "versions": list(versions)}]}


def cna(vendor: str, product: str, *versions: Json, default: str = "", **more: Any) -> Json:
    """A CVE record's `affected`."""
    entry = {"vendor": vendor, "product": product, "versions": list(versions), **more}
    return {"affected": [entry | ({"defaultStatus": default} if default else {})]}


def span(low: str, high: str = "", status: str = "affected", **more: Any) -> Json:
    """One entry of `versions`; the high bound as ``<2`` or ``<=2``."""
    entry = {"version": low, "status": status, "versionType": "custom", **more}
    if high.startswith("<="):
        entry["lessThanOrEqual"] = high[2:]
    elif high:
        entry["lessThan"] = high[1:]
    return entry
