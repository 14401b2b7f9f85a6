"""A kernel configuration (``.config``): which options are set, for which architecture and version.

The head of the file is a comment that names both (``# Linux/arm 5.10.120 Kernel Configuration``).
An option that is not set has a comment, or no line at all; only set ones are kept. Values other
than ``y`` and ``m`` (texts, numbers) set an option too.
"""

import re
from typing import Final

from longmark.core.formats.facts.records import MAX_OPTIONS, FactKind, Facts, refuse_many

HEAD: Final = re.compile(rb"^# Linux/(\S+) (\S+) Kernel Configuration", re.MULTILINE)
LINE: Final = re.compile(rb"^CONFIG_[A-Za-z0-9_]+=", re.MULTILINE)
_HEAD: Final = re.compile(r"^# Linux/(\S+) (\S+) Kernel Configuration")
_SET: Final = re.compile(r"^CONFIG_([A-Za-z0-9_]+)=(.+)$")


def read(content: str) -> Facts:
    """Return the options that a configuration sets.

    Raises:
        FactsInvalid: it sets more options than any kernel has.
    """
    options: dict[str, None] = {}
    architecture = version = ""
    for line in content.splitlines():
        head = _HEAD.match(line)
        if head:
            architecture, version = head[1], head[2]
        found = _SET.match(line)
        if found and found[2].strip() not in ("n", '""'):
            options[found[1]] = None
            refuse_many(len(options), MAX_OPTIONS, "options")
    return Facts(
        FactKind.KERNEL_CONFIG,
        tool=f"Linux {version}".strip(),
        options=tuple(sorted(options)),
        tree_version=version,
        architecture=architecture,
    )
