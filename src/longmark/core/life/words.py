"""The words that lists use: what happened, how a test ended, how well it is known.

English and German, as `folded_header` folds them.
"""

from longmark.core.life.events import Evidence, Kind, Outcome

_KINDS = {
    Kind.BUILT: "built|produced|production|manufactured|gebaut|gefertigt|produziert|fertigung",
    Kind.SERIAL_ASSIGNED: "serial assigned|serial number assigned|seriennummer vergeben"
    "|seriennummernvergabe",
    Kind.IDENTITY_CHANGED: "identity changed|serial changed|re marked|remarked|relabelled"
    "|umgezeichnet|seriennummer geaendert|neue seriennummer|typenschild getauscht",
    Kind.TESTED: "tested|test|inspected|inspection|geprueft|pruefung|getestet|abnahme|endpruefung",
    Kind.SHIPPED: "shipped|delivered|delivery|sold|ausgeliefert|geliefert|versandt|lieferung"
    "|versand|warenausgang",
    Kind.COMMISSIONED: "commissioned|commissioning|started up|in betrieb genommen|inbetriebnahme",
    Kind.INSTALLED: "installed|fitted|eingebaut|einbau|verbaut",
    Kind.REMOVED: "removed|dismantled|ausgebaut|ausbau|demontiert",
    Kind.SWAPPED: "swapped|swap|exchanged|replaced|getauscht|tausch|ausgetauscht|ersetzt",
    Kind.SOFTWARE_CHANGED: "software changed|updated|update|firmware update|flashed|aktualisiert"
    "|softwareupdate|firmwareupdate|software geaendert",
    Kind.SOFTWARE_CONFIRMED: "software confirmed|firmware confirmed|software read back"
    "|software bestaetigt|firmware bestaetigt|software ausgelesen|firmware ausgelesen",
    Kind.SOFTWARE_ROLLED_BACK: "software rolled back|rolled back|rollback|downgrade|downgraded"
    "|software zurueckgesetzt|zurueckgerollt",
    Kind.SOFTWARE_OBSERVED: "software observed|firmware observed|software reported|inventory"
    "|software gemeldet|firmware gemeldet|inventarisiert",
    Kind.PARAMETERS_CHANGED: "parameters changed|parameters applied|parametrised|parameterised"
    "|parametriert|parameter geaendert|umparametriert",
    Kind.PARAMETERS_OBSERVED: "parameters observed|parameters read|parameters read back"
    "|parameter ausgelesen|parameter gelesen|parametersicherung",
    Kind.TRANSFERRED: "transferred|moved|resold|umgezogen|weiterverkauft|uebertragen|verlagert",
    Kind.RETURNED: "returned|return|rma|rma opened|retoure|zurueckgesandt|rueckgabe|ruecksendung"
    "|rma eroeffnet|reklamation",
    Kind.REPAIRED: "repaired|repair|repariert|reparatur|refurbished|aufgearbeitet|ueberholt",
    Kind.RMA_CLOSED: "rma closed|rma done|rma geschlossen|rma abgeschlossen|reklamation erledigt",
    Kind.REPLACED_BY: "replaced by|replacement|ersetzt durch|ersatzlieferung|austauschgeraet",
    Kind.DECOMMISSIONED: "decommissioned|taken out of service|out of service|stillgelegt"
    "|ausser betrieb genommen|ausserbetriebnahme|stilllegung",
    Kind.LOST: "lost|missing|stolen|verloren|vermisst|gestohlen|verlust",
    Kind.WARRANTY_STARTED: "warranty started|warranty begins|warranty|garantiebeginn"
    "|gewaehrleistungsbeginn|garantie begonnen",
    Kind.WARRANTY_EXTENDED: "warranty extended|warranty extension|garantie verlaengert"
    "|garantieverlaengerung|gewaehrleistung verlaengert",
    Kind.WARRANTY_VOIDED: "warranty voided|warranty void|garantie erloschen"
    "|gewaehrleistung erloschen",
    Kind.SCRAPPED: "scrapped|disposed|verschrottet|entsorgt",
}
_OUTCOMES = {
    Outcome.PASSED: "passed|pass|ok|good|i o|io|bestanden|in ordnung|gut",
    Outcome.FAILED: "failed|fail|nok|not ok|bad|n i o|nio|nicht bestanden|fehlerhaft|schlecht",
    Outcome.INCONCLUSIVE: "inconclusive|no fault found|nff|unklar|kein fehler gefunden",
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
OUTCOMES = {word: outcome for outcome, words in _OUTCOMES.items() for word in words.split("|")}
