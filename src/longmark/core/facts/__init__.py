"""What facts of a build make of a match: settled there and why, or said without settling it.

A match is portfolio-wide: this component, that vulnerability. A fact belongs to one release. Here
is decided, without any database, what the facts of a release do to a match within it. Facts only
ever clear: no fact makes a component affected, and what is not known clears nothing.
"""

from longmark.core.facts.gathering import ReleaseFacts, Sheet
from longmark.core.facts.naming import Part
from longmark.core.facts.settlements import REASON_OF, Rule, Settlement

__all__ = ["REASON_OF", "Part", "ReleaseFacts", "Rule", "Settlement", "Sheet"]
