"""The words that lists use for what happened and how well it is known, English and German."""

from longmark.core.life.events import Evidence, Kind

_KINDS = {
    Kind.BUILT: "built|produced|production|manufactured|gebaut|gefertigt|produziert|fertigung",
    Kind.SHIPPED: "shipped|delivered|delivery|sold|ausgeliefert|geliefert|versandt|lieferung"
    "|versand|warenausgang",
    Kind.COMMISSIONED: "commissioned|commissioning|started up|in betrieb genommen|inbetriebnahme",
    Kind.INSTALLED: "installed|fitted|eingebaut|einbau|verbaut",
    Kind.REMOVED: "removed|dismantled|ausgebaut|ausbau|demontiert",
    Kind.SWAPPED: "swapped|swap|exchanged|replaced|getauscht|tausch|ausgetauscht|ersetzt",
    Kind.SOFTWARE_CHANGED: "software changed|updated|update|firmware update|flashed|aktualisiert"
    "|softwareupdate|firmwareupdate|software geaendert",
    Kind.PARAMETERS_CHANGED: "parameters changed|parametrised|parameterised|parametriert"
    "|parameter geaendert|umparametriert",
    Kind.TRANSFERRED: "transferred|moved|resold|umgezogen|weiterverkauft|uebertragen|verlagert",
    Kind.RETURNED: "returned|return|rma|retoure|zurueckgesandt|rueckgabe|ruecksendung",
    Kind.REPAIRED: "repaired|repair|repariert|reparatur",
    Kind.SCRAPPED: "scrapped|disposed|verschrottet|entsorgt",
}
_EVIDENCE = {
    Evidence.ASSUMED: "assumed|planned|angenommen|geplant",
    Evidence.DECLARED: "declared|erklaert|angegeben",
    Evidence.REPORTED: "reported|gemeldet",
    Evidence.CONFIRMED: "confirmed|read back|bestaetigt|ausgelesen",
    Evidence.VERIFIED: "verified|geprueft|verifiziert",
}
KINDS = {word: kind for kind, words in _KINDS.items() for word in words.split("|")}
EVIDENCE = {word: level for level, words in _EVIDENCE.items() for word in words.split("|")}
