"""The facts that the demo company's builds hand over."""

from datetime import UTC, datetime

import pytest

from longmark.core.facts.kernels import ALWAYS_BUILT
from longmark.core.formats.facts import FactKind, Facts, read_facts
from longmark.demo import facts
from longmark.demo.parts import firmware

AT = datetime(2026, 7, 28, 12, tzinfo=UTC)


def builds(release: str) -> list[Facts]:
    made = firmware()[facts.ITEM]
    return [read_facts(content) for _name, content in facts.written(made, release, AT)]


@pytest.mark.parametrize("release", facts.SINCE)
def test_every_build_hands_over_four_files_that_are_read(release: str) -> None:
    assert [each.kind for each in builds(release)] == [
        FactKind.CVE_CHECK,
        FactKind.KERNEL_CONFIG,
        FactKind.COMPILED_FILES,
        FactKind.BUILD_RULES,
    ]


def test_configuration_and_map_name_the_version_of_the_kernel_in_the_bill() -> None:
    _report, config, compiled, rules = builds("4.2")

    assert config.tree_version == rules.tree_version == "5.10.236"
    assert set(compiled.files) >= ALWAYS_BUILT


def test_no_file_that_is_compiled_needs_an_option_that_is_not_set() -> None:
    _report, config, compiled, rules = builds("4.2")
    options = set(config.options)

    unlikely = [
        path
        for path in compiled.files
        if (chains := rules.rules[path]) and not any(set(chain) <= options for chain in chains)
    ]
    assert unlikely == []
