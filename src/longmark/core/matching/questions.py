"""Questions as they come: one component, one advisory, what is recorded around them.

What is accepted is broad, since questions are written by people and by programs: a component may
be a purl, a CPE name, a name with a version, or an object of these; an advisory may be a record or
only the part that states what is affected, and its format may be left to be found out.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import msgspec

from longmark.core.errors import Invalid
from longmark.core.formats.advisories.reading import MAX_RECORD_BYTES
from longmark.core.matching.contexts import NOTHING_RECORDED, Context
from longmark.core.matching.subjects import Subject
from longmark.core.versions import is_unstated

MAX_LINE_BYTES: Final = 2 * MAX_RECORD_BYTES
MAX_TEXT: Final = 2_048  # characters of a component

_IDS: Final = ("vulnerability", "vulnerability_id", "advisory_id", "cve", "cve_id")


@dataclass(frozen=True)
class Question:
    """Does this advisory concern this component, in these surroundings?

    `advisory` is the record as decoded JSON; `vulnerability` the id that is asked about, where
    the record itself does not say it or speaks of several; `patches` the ids that the component's
    own documents declare resolved.
    """

    subject: Subject
    advisory: Any
    format: str = ""
    context: Context = NOTHING_RECORDED
    id: str = ""
    vulnerability: str = ""
    patches: frozenset[str] = field(default_factory=frozenset)


def question_of(asked: object) -> Question:
    """Return the question that decoded JSON asks.

    Raises:
        Invalid: it is no object, or names no component or advisory.
    """
    if not isinstance(asked, Mapping):
        raise Invalid("A question is a JSON object.")
    component = asked.get("component")
    advisory = asked.get("advisory")
    if advisory is None:
        raise Invalid("The question has no advisory.", field="advisory")
    stated = component if isinstance(component, Mapping) else {}
    return Question(
        subject=subject_of(component),
        advisory=_opened(advisory),
        format=str(asked.get("format") or ""),
        context=context_of(asked.get("context")),
        id=id_of(asked),
        vulnerability=next((str(asked[name]) for name in _IDS if asked.get(name)), ""),
        patches=_patches(stated),
    )


def id_of(asked: object) -> str:
    """Return the id of a question, empty if it has none."""
    stated = asked.get("id") if isinstance(asked, Mapping) else None
    return "" if stated is None else str(stated)


def subject_of(component: object) -> Subject:
    """Return the component that a text or an object names.

    >>> subject_of("zlib 1.2.12").version, subject_of({"purl": "pkg:npm/nx@13.1.4"}).purl
    ('1.2.12', 'pkg:npm/nx@13.1.4')

    Raises:
        Invalid: it names none.
    """
    if isinstance(component, str) and 0 < len(component.strip()) <= MAX_TEXT:
        return _subject_of_text(component.strip())
    if isinstance(component, Mapping):
        return _subject_of_object(component)
    raise Invalid("A component is a purl, a CPE name, or a name and a version.", field="component")


def _subject_of_text(text: str) -> Subject:
    if text.lower().startswith("pkg:"):
        return Subject.of(purl=text)
    if text.lower().startswith("cpe:"):
        return Subject.of(purl=None, cpes=[text])
    name, version = _parted(text)
    if any(map(str.isdecimal, version)) or (version and is_unstated(version)):
        return Subject.of(purl=None, name=name, version=version)
    return Subject.of(purl=None, name=text)


def _parted(text: str) -> tuple[str, str]:
    """Return a name and what stands behind it: the last word, else what follows an ``@``.

    >>> _parted("zlib version 1.2.12"), _parted("@acme/bus@1.0")
    (('zlib', '1.2.12'), ('@acme/bus', '1.0'))
    """
    words = text.rsplit(maxsplit=1)
    if len(words) < 2:
        name, _, version = text[1:].partition("@")
        return text[:1] + name, version
    name = words[0].removesuffix("version")
    if name != words[0] and name[-1:] in ("@", " "):
        return name.removesuffix("@").rstrip() or words[0], words[1]
    return words[0], words[1]


def _subject_of_object(stated: Mapping[str, Any]) -> Subject:
    purl = stated.get("purl") or stated.get("package_url")
    cpes = _texts(stated.get("cpes") or stated.get("cpe"))
    name = str(stated.get("name") or "")
    version = stated.get("version")
    if not (purl or cpes or name):
        raise Invalid("The component has no purl, CPE or name.", field="component")
    return Subject.of(
        purl=str(purl) if purl else None,
        cpes=cpes,
        name=name,
        version=None if version is None else str(version),
    )


def context_of(value: object) -> Context:
    """Return the context that an object states; nothing recorded is the usual case."""
    if not isinstance(value, Mapping):
        return NOTHING_RECORDED
    parent = value.get("parent") or ""
    if isinstance(parent, Mapping):
        parent = parent.get("purl") or parent.get("cpe") or parent.get("name") or ""
    return Context.of(
        platform=_texts(value.get("platform")),
        parent=str(parent),
        vex=_listed(value.get("vex")),
    )


def _patches(stated: Mapping[str, Any]) -> frozenset[str]:
    """Return the ids that the component's patches resolve (CycloneDX pedigree, or a bare list)."""
    pedigree = stated.get("pedigree")
    patches = pedigree.get("patches") if isinstance(pedigree, Mapping) else stated.get("patches")
    resolved = [
        one
        for patch in _listed(patches)
        if isinstance(patch, Mapping)
        for one in _listed(patch.get("resolves"))
    ]
    return frozenset(str(one.get("id") if isinstance(one, Mapping) else one) for one in resolved)


def _texts(value: object) -> list[str]:
    return [str(one) for one in _listed(value) if isinstance(one, str | int)]


def _listed(value: object) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _opened(advisory: object) -> object:
    """Return an advisory that is given as a text as what it holds."""
    if not isinstance(advisory, str):
        return advisory
    try:
        return msgspec.json.decode(advisory)
    except (ValueError, RecursionError):  # half a character among them
        raise Invalid("The advisory is no JSON.", field="advisory") from None
