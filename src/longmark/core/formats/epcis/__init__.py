"""EPCIS 2.0 (JSON-LD): what happened to units, told and heard in the words of GS1."""
