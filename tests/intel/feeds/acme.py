"""A CSAF provider on this machine that can be told to go wrong, and what was taken of it."""

import hashlib
from datetime import timedelta

import orjson

from longmark.intel.models import Advisory, Refusal
from longmark.intel.tasks import signatures
from tests.world import NINE

LATER = NINE + timedelta(hours=2)
OLD, NEW = "2026-11-20T08:00:00Z", "2026-11-24T08:00:00Z"
WELL_KNOWN = "/.well-known/csaf/provider-metadata.json"


def advisory(identifier: str, *, fixed: str = "2.0", label: str = "WHITE") -> dict:
    product = {"product_id": "P1", "name": "Gateway", "product_identification_helper": {
        "cpe": "cpe:2.3:a:acme:gateway:1.0:*:*:*:*:*:*:*"}}  # fmt: skip
    return {
        "document": {
            "category": "csaf_security_advisory",
            "csaf_version": "2.0",
            "title": f"About {identifier}",
            "distribution": {"tlp": {"label": label}},
            "publisher": {
                "category": "vendor",
                "name": "Acme",
                "namespace": "https://acme.example",
            },
            "tracking": {
                "id": identifier,
                "status": "final",
                "version": "1",
                "initial_release_date": OLD,
                "current_release_date": NEW,
                "revision_history": [{"date": OLD, "number": "1", "summary": "First"}],
            },
        },
        "product_tree": {"full_product_names": [product]},
        "vulnerabilities": [
            {"cve": "CVE-2026-0001", "product_status": {"known_affected": ["P1"]}, "notes": []}
        ],
    }


class Acme:
    """A provider that can be told to go wrong."""

    def __init__(self, source) -> None:
        self.source = source
        self.listed: list[tuple[str, str]] = []
        self.keys: list[dict[str, str]] = []
        self.key = b""
        self.role = "csaf_provider"

    def sign(self) -> None:
        self.key = signatures.new_key("Acme <security@acme.example>")
        public = signatures.public_part(self.key)
        (certificate,) = signatures.certificates(public)
        url = self.source.publish("/openpgp/key.asc", public)
        self.keys = [{"fingerprint": signatures.fingerprint_of(certificate), "url": url}]

    def publish(self, identifier: str, *, at: str = OLD, hashes=("sha256",), **more) -> bytes:
        content = orjson.dumps(advisory(identifier, **more))
        name = f"2026/{identifier.lower()}.json"
        self.source.publish(f"/white/{name}", content)
        for algorithm in hashes:
            digest = hashlib.new(algorithm, content).hexdigest()
            text = f"{digest}  {identifier.lower()}.json\n"
            self.source.publish(f"/white/{name}.{algorithm}", text.encode())
        if self.key:
            self.source.publish(f"/white/{name}.asc", signatures.sign(content, self.key))
        self.listed = [one for one in self.listed if one[0] != name] + [(name, at)]
        return content

    def directory(self, *, has_changes: bool = True) -> dict:
        rows = sorted(self.listed, key=lambda one: one[1], reverse=True)
        index = "".join(f"{name}\n" for name, _ in rows)
        self.source.publish("/white/index.txt", index.encode())
        if has_changes:
            changes = "".join(f'"{name}","{at}"\n' for name, at in rows)
            self.source.publish("/white/changes.csv", changes.encode())
        return self.metadata({"directory_url": f"{self.source.url}/white/"})

    def rolie(self, *, label: str = "WHITE", path: str = "/white/feed.json") -> dict:
        base = self.source.url + "/white/"
        entries = []
        for name, at in self.listed:
            links = [{"rel": "self", "href": base + name},
                     {"rel": "hash", "href": f"{base}{name}.sha256"}]  # fmt: skip
            if self.key:
                links.append({"rel": "signature", "href": f"{base}{name}.asc"})
            entries.append({"id": name, "link": links, "updated": at})
        url = self.source.publish(path, {"feed": {"id": "f", "entry": entries}})
        return self.metadata({"rolie": {"feeds": [{"url": url, "tlp_label": label}]}})

    def metadata(self, *distributions: dict, path: str = WELL_KNOWN) -> dict:
        document = {
            "canonical_url": f"{self.source.url}{path}",
            "distributions": list(distributions),
            "last_updated": NEW,
            "metadata_version": "2.0",
            "publisher": {"category": "vendor", "name": "Acme"},
            "public_openpgp_keys": self.keys,
            "role": self.role,
        }
        self.source.publish(path, document)
        return document


def ids():
    return sorted(Advisory.objects.values_list("record_id", flat=True))


def reasons():
    return list(Refusal.objects.values_list("reason", flat=True))
