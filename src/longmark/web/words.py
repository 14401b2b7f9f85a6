"""The words for levels, verdicts, kinds and states that the contexts name by code."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from longmark.core.identity.suggestions import Suggestion

Words = dict[str, str | Promise]

EVIDENCE: Words = {
    "verified": _("verified"),
    "confirmed": _("confirmed"),
    "reported": _("reported"),
    "declared": _("declared"),
    "assumed": _("assumed"),
    "unknown": _("unknown"),
}
EVIDENCE_STRENGTH = {"assumed": 1, "declared": 2, "reported": 3, "confirmed": 4, "verified": 5}


def evidence_code(level: object) -> str:
    """Return the code of an evidence level given by code or by strength; none is unknown."""
    if isinstance(level, int):
        return next(
            (code for code, strength in EVIDENCE_STRENGTH.items() if strength == level), "unknown"
        )
    return str(level or "unknown")


SEVERITY: Words = {
    "critical": _("critical"),
    "high": _("high"),
    "medium": _("medium"),
    "low": _("low"),
    "none": _("none"),
    "unknown": _("not scored"),
}

WATCHED_STATES: Words = {
    "seen": _("lies there since"),
    "queued": _("about to be read"),
    "taken": _("taken"),
    "waiting": _("waits for you"),
    "refused": _("refused"),
}

CONFLICT_STATES: Words = {
    "open": _("Waiting"),
    "kept": _("What was believed stays"),
    "replaced": _("The claim is true"),
    "both": _("Both happened"),
}

KINDS: Words = {
    "product": _("Product"),
    "hardware": _("Hardware"),
    "firmware": _("Firmware"),
    "software": _("Software"),
    "parameters": _("Parameter set"),
    "customer": _("Customer"),
    "distributor": _("Distributor"),
    "supplier": _("Supplier"),
    "importer": _("Importer"),
    "manufacturer": _("Manufacturer"),
    "authority": _("Authority"),
}

PARAMETER_TYPES: Words = {
    "bool": _("on or off"),
    "int": _("whole number"),
    "decimal": _("number"),
    "text": _("text"),
    "enum": _("one of several"),
}

EXPECTED_BY: Words = {
    "booked": _("as booked"),
    "released": _("as released"),
    "default": _("the default"),
    "found": _("as found before"),
}

SAID_BY: Words = {
    "released": _("released set"),
    "booked": _("booked"),
    "found": _("found on the unit"),
}

DRIFTS_BY: Words = {
    "values": _("Other values"),
    "counter": _("A revision counter"),
}

PARAMETER_CHANGES: Words = {
    "changed": _("other value"),
    "added": _("added"),
    "missing": _("missing"),
}

ACTIONS: Words = {
    "read": _("Read everything but the ledger"),
    "read-ledger": _("Read the ledger"),
    "change-parties": _("Register customers and other parties"),
    "change-catalog": _("Register items and releases"),
    "add-sbom": _("Hand over SBOMs"),
    "import-advisories": _("Bring in advisories"),
    "name-components": _("Say what components are known as"),
    "match": _("Have components matched"),
    "import-units": _("Import lists of units"),
    "book-events": _("Book events of units"),
    "manage-accounts": _("Manage people, their roles and tokens"),
    "manage-connections": _("Manage connections to other systems"),
}

ROLES: Words = {
    "viewer": _("Viewer"),
    "service": _("Service and logistics"),
    "engineer": _("Firmware engineer"),
    "security": _("Product security"),
    "conformity": _("Quality and conformity"),
    "admin": _("Administrator"),
}

REFUSED_FOR: Words = {
    "never-built": _("Never built"),
    "two-places": _("In two places"),
    "future": _("In the future"),
}

SUBJECTS: Words = {
    "supportperiod": _("Support period"),
    "rolegrant": _("Role"),
    "itemnumber": _("Item number"),
    "parameterset": _("Parameter set"),
    "sbomdocument": _("SBOM"),
    "lifespanlist": _("List of lifespans"),
    "read-document": _("SBOM that is read"),
    "read-dropped": _("File that is read"),
    "read-facts": _("Facts that are read"),
    "document": _("SBOM"),
    "factdocument": _("Facts of a build"),
    "linkkey": _("Key of the links on plates"),
    "compose-anew": _("What is inside units, by the changed catalog"),
    "judge-anew": _("What may go together, by the changed rules"),
    "derive-anew": _("SBOMs read anew"),
    "look-at-import": _("List looked at"),
    "apply-import": _("List taken"),
    "undo-import": _("List taken back"),
    "take-watched": _("List from the watched folder"),
    "match-everything": _("Everything matched anew"),
    "match-intake": _("Advisories matched"),
    "match-document": _("SBOM matched"),
    "match-release": _("Release matched"),
    "follow-names": _("Names followed into SBOMs"),
}

CONFIDENCE: Words = {
    "high": _("high confidence"),
    "medium": _("medium confidence"),
    "low": _("low confidence"),
    "exact": _("exact match"),
    "none": _("cannot be judged"),
}

PROVENANCE: Words = {
    "declared": _("declared"),
    "derived": _("derived"),
    "curated": _("a known name"),
    "guessed": _("guessed from the name"),
}

NAME_KINDS: Words = {
    "known-as": _("is also"),
    "is-not": _("is not"),
    "corrected": _("really is"),
}

SOURCES: Words = {
    "osv": "OSV",
    "nvd": "NVD",
    "cve": "CVE",
    "cve5": "CVE",
    "csaf": "CSAF",
    "kev": "CISA KEV",
    "epss": "EPSS",
    "ghsa": "GHSA",
    "euvd": "EUVD",
    "linux": _("Linux kernel CVEs"),
}

LICENCE_CATEGORIES: Words = {
    "unknown": _("Not known"),
    "not-spdx": _("Not an SPDX licence"),
    "proprietary": _("Proprietary"),
    "strong-copyleft": _("Strong copyleft"),
    "weak-copyleft": _("Weak copyleft"),
    "permissive": _("Permissive"),
}

LIFESPAN_VIEWS: Words = {
    "past": _("Past the end of life"),
    "support": _("Ends before the product does"),
    "soon": _("Ends soon"),
    "known": _("All whose end is known"),
    "unknown": _("End not known"),
}

LIFESPAN_ORIGINS: Words = {
    "stated": _("stated here"),
    "imported": _("from a list"),
    "shipped": _("comes with Longmark"),
}

CHANGES: Words = {
    "added": _("Came"),
    "removed": _("Went"),
    "changed": _("Changed"),
    "version": _("Other version"),
    "licence": _("Other licence"),
    "supplier": _("Other supplier"),
    "hash": _("Other hash"),
}

DIRECTIONS: Words = {"newer": _("newer"), "older": _("older")}

QUALITY_LISTS: Words = {
    "matching": _("Matching"),
    "cra-min": "CRA",
    "cisa-2026": "CISA 2026",
    "bsi-2.1.0": "BSI 2.1.0",
    "project-recommended": "Longmark",
}

QUALITY_LEVELS: Words = {
    "must": _("MUST"),
    "should": _("SHOULD"),
    "if-any": _("MUST if it exists"),
    "may": _("MAY"),
}

QUALITY_STATES: Words = {
    "absent": _("not stated"),
    "unknown": _("marked as unknown"),
    "withheld": _("marked as withheld"),
    "invalid": _("stated, but not usable"),
}

FORMATS: Words = {"cyclonedx": "CycloneDX", "spdx": "SPDX"}

BECAUSE: Words = {
    "elsewhere": _("SBOMs state this name as %(source)s elsewhere; components so far: %(count)s"),
    "rule": _("a rule or a map says so of %(source)s"),
    "table": _("the built-in table knows %(source)s; the version at the end is taken off"),
}
"""Why something is suggested for a name without identifier."""


def because(suggestion: "Suggestion") -> str:
    """Return why something is suggested, with what it is taken from."""
    said = str(BECAUSE[suggestion.because])
    return said % {"source": suggestion.source, "count": f"{suggestion.count:,}"}


EXPORT_FORMATS: Words = {
    "cyclonedx-1.6-json": "CycloneDX 1.6, JSON",
    "cyclonedx-1.6-xml": "CycloneDX 1.6, XML",
    "cyclonedx-1.7-json": "CycloneDX 1.7, JSON",
    "cyclonedx-1.7-xml": "CycloneDX 1.7, XML",
    "spdx-2.3-json": "SPDX 2.3, JSON",
    "spdx-2.3-tag-value": _("SPDX 2.3, tag-value"),
    "spdx-3.0.1-json-ld": "SPDX 3.0.1, JSON-LD",
}

FACT_KINDS: Words = {
    "cve-check": _("Yocto cve-check"),
    "buildroot": "Buildroot",
    "openvex": "OpenVEX",
    "cyclonedx-vex": _("VEX (CycloneDX)"),
    "spdx-vex": _("VEX (SPDX)"),
    "compiled-files": _("Compiled files"),
    "kernel-config": _("Kernel configuration"),
    "build-rules": _("Kbuild map"),
}

RULES: Words = {
    "vex-fixed": _("Stated as fixed (VEX)"),
    "vex-not-affected": _("Stated as not affected (VEX)"),
    "patch-declared": _("Patch declared in the SBOM"),
    "patched-in-build": _("Patched, says the build"),
    "excluded-by-build": _("Left out by the build, with a reason"),
    "other-architecture": _("Code for another architecture"),
    "not-configured": _("Not configured"),
    "not-compiled": _("Not compiled"),
    "directory-not-compiled": _("Nothing near it compiled"),
    "other-platform": _("Takes another platform"),
    "platform-met": _("What it takes is there"),
    "vex-affected": _("Stated as affected (VEX)"),
    "without-reason": _("Left out without a reason"),
}

CERTAINTY: Words = {
    "affected": _("Affected"),
    "unknown": _("Unknown"),
    "apart": _("Out of use"),
}

ORDERS: Words = {
    "worst": _("worst first"),
    "severity": _("severity"),
    "likelihood": _("likelihood (EPSS)"),
    "changed": _("changed last"),
    "first-seen": _("new first"),
    "name": _("name"),
}

KEEPERS: Words = {
    "operator": _("operator"),
    "distributor": _("distributor"),
    "owner": _("owner"),
}

UNIT_STATES: Words = {
    "registered": _("Registered"),
    "built": _("Built"),
    "shipped": _("Shipped"),
    "commissioned": _("Commissioned"),
    "returned": _("Returned"),
    "decommissioned": _("Decommissioned"),
    "replaced": _("Replaced"),
    "lost": _("Lost"),
    "scrapped": _("Scrapped"),
    "withdrawn": _("Taken back: never was"),
}

OUTCOMES: Words = {
    "passed": _("passed"),
    "failed": _("failed"),
    "inconclusive": _("no clear result"),
}

IDENTIFIED_BY: Words = {
    "serial": _("serial number"),
    "batch": _("batch number"),
    "nothing": _("not told apart"),
}

EVIDENCE_CLAIMS: Words = {
    "assumed": _("assumed: it was planned so"),
    "declared": _("declared: somebody says so, or an order"),
    "reported": _("reported: the device says so"),
    "confirmed": _("confirmed: seen or read back by a technician"),
    "verified": _("verified: signature or hash was checked"),
}

ALIASES: Words = {
    "serial": _("serial number"),
    "equipment": _("equipment number"),
    "mac": _("MAC address"),
    "idevid": _("device identity (IEEE 802.1AR)"),
    "customer-tag": _("customer's tag"),
    "link": _("identification link (IEC 61406)"),
}

LANGUAGES: Words = {
    "bg": _("Bulgarian"),
    "cs": _("Czech"),
    "da": _("Danish"),
    "nl": _("Dutch"),
    "en": _("English"),
    "et": _("Estonian"),
    "fi": _("Finnish"),
    "fr": _("French"),
    "de": _("German"),
    "el": _("Greek"),
    "hu": _("Hungarian"),
    "it": _("Italian"),
    "lv": _("Latvian"),
    "lt": _("Lithuanian"),
    "no": _("Norwegian"),
    "pl": _("Polish"),
    "pt": _("Portuguese"),
    "ro": _("Romanian"),
    "sk": _("Slovak"),
    "sl": _("Slovene"),
    "es": _("Spanish"),
    "sv": _("Swedish"),
    "tr": _("Turkish"),
    "zh": _("Chinese"),
}

REFUSALS: Words = {"record": _("not taken"), "link": _("kept apart")}

EVENTS: Words = {
    "built": _("Built"),
    "shipped": _("Shipped"),
    "serial-assigned": _("Serial number assigned"),
    "identity-changed": _("Marked anew"),
    "tested": _("Tested"),
    "software-changed": _("Software changed"),
    "software-confirmed": _("Software read back"),
    "software-rolled-back": _("Software rolled back"),
    "software-observed": _("Software observed"),
    "parameters-changed": _("Parameters changed"),
    "parameters-observed": _("Parameters observed"),
    "installed": _("Installed"),
    "removed": _("Removed"),
    "swapped": _("Swapped"),
    "commissioned": _("Commissioned"),
    "returned": _("Returned"),
    "repaired": _("Repaired"),
    "rma-closed": _("RMA closed"),
    "replaced-by": _("Replaced"),
    "decommissioned": _("Decommissioned"),
    "lost": _("Lost"),
    "warranty-started": _("Warranty started"),
    "warranty-extended": _("Warranty extended"),
    "warranty-voided": _("Warranty voided"),
    "scrapped": _("Scrapped"),
    "transferred": _("Transferred"),
    "corrected": _("Corrected"),
    "undone": _("Taken back with its list"),
}


@dataclass(frozen=True)
class Stamp:
    """How a state looks as a badge: shape and word first, colour second."""

    word: str | Promise
    tone: str = ""
    icon: str = ""


STAMPS = {
    "passes": Stamp(_("Passes"), "settled", "check"),
    "affected": Stamp(_("Affected"), "attn", "warn"),
    "not_affected": Stamp(_("Not affected"), "", "minus"),
    "fixed": Stamp(_("Fixed"), "settled", "check"),
    "under_investigation": Stamp(_("Under investigation"), "open", "dot"),
    "undecided": Stamp(_("No decision yet"), "open", "dot"),
    "unknown": Stamp(_("Unknown"), "unknown"),
    "exploited": Stamp(_("Exploited"), "urgent", "bolt"),
    "listed": Stamp(_("On the CISA list"), "", "bolt"),
    "disputed": Stamp(_("Disputed"), "open", "question"),
    "withdrawn": Stamp(_("Withdrawn"), "", "x"),
    "new": Stamp(_("New"), "accent"),
    "closed": Stamp(_("Closed"), "", "check"),
    "opened": Stamp(_("Opened"), "open", "dot"),
    "received": Stamp(_("Received"), "open", "down"),
    "diagnosed": Stamp(_("Diagnosed"), "accent", "search"),
    "in-repair": Stamp(_("In repair"), "accent", "clock"),
    "repaired": Stamp(_("Repaired"), "settled", "check"),
    "replaced": Stamp(_("Replaced"), "settled", "swap"),
    "unrepaired": Stamp(_("Sent back unrepaired"), "", "minus"),
    "scrapped": Stamp(_("Scrapped"), "", "x"),
    "draft": Stamp(_("Draft"), "open"),
    "released": Stamp(_("Released"), "settled", "check"),
    "superseded": Stamp(_("Superseded"), "", "swap"),
    "unmapped": Stamp(_("Waits for its columns"), "attn", "dot"),
    "reading": Stamp(_("Being looked at"), "accent", "clock"),
    "staged": Stamp(_("Staged, nothing written yet"), "open", "dot"),
    "applying": Stamp(_("Being taken"), "accent", "clock"),
    "applied": Stamp(_("Taken"), "settled", "check"),
    "refused": Stamp(_("Refused"), "attn", "warn"),
    "undoing": Stamp(_("Being taken back"), "accent", "clock"),
    "undone": Stamp(_("Taken back"), "", "x"),
    "discarded": Stamp(_("Thrown away"), "", "x"),
    "waiting": Stamp(_("Waiting"), "open", "clock"),
    "running": Stamp(_("Running"), "accent", "clock"),
    "done": Stamp(_("Done"), "settled", "check"),
    "failed": Stamp(_("Failed"), "attn", "warn"),
    "cancelled": Stamp(_("Stopped"), "", "x"),
    "late": Stamp(_("Late"), "attn", "clock"),
    "off": Stamp(_("Switched off"), "", "minus"),
    "fresh": Stamp(_("Fresh"), "settled", "check"),
    "partial": Stamp(_("Incomplete"), "attn", "warn"),
    "stale": Stamp(_("Stale"), "attn", "clock"),
    "written": Stamp(_("Written"), "settled", "check"),
    "given-up": Stamp(_("Given up"), "attn", "warn"),
    "failing": Stamp(_("Failing"), "attn", "warn"),
    "absent": Stamp(_("Nothing is here"), "unknown"),
    "ended": Stamp(_("Past its end"), "attn", "warn"),
    "ends-soon": Stamp(_("Ends soon"), "open", "clock"),
    "security-only": Stamp(_("Security fixes only"), "open", "clock"),
    "supported": Stamp(_("Supported"), "settled", "check"),
    "unannounced": Stamp(_("No end announced"), "unknown"),
}
