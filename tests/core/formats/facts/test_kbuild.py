"""What Makefiles say of the options that a file needs; too little is never said."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from longmark.core.formats.facts import FactKind, read_facts
from longmark.core.formats.facts.kbuild import Tree, rules_of, written

ALWAYS = ((),)
UNKNOWN = ()


def a_tree(makefiles: dict[str, str], *sources: str) -> Tree:
    tree = Tree(makefiles=makefiles, version="5.10.120")
    for path in sources:
        tree.add_source(path, b"int main(void);\n")
    return tree


@pytest.mark.parametrize(
    ("line", "needs"),
    [
        ("obj-y += a.o", ALWAYS),
        ("obj-$(CONFIG_X) += a.o", (("X",),)),
        ("obj-$(CONFIG_X)\t:= b.o a.o", (("X",),)),
        ("obj-$(CONFIG_X) += b.o \\\n  a.o", (("X",),)),
        ("obj-$(subst m,y,$(CONFIG_X)) += a.o", (("X",),)),
        ("obj-$(CONFIG_X:m=y) += a.o", (("X",),)),
        ("lib-$(CONFIG_X) += a.o", (("X",),)),
        ("obj-$(CONFIG_X) += whole.o\nwhole-y := a.o b.o", (("X",),)),
        ("obj-$(CONFIG_X) += whole.o\nwhole-objs := a.o", (("X",),)),
        ("obj-$(CONFIG_X) += whole.o\nwhole-$(CONFIG_Y) += a.o", (("X", "Y"),)),
        ("obj-$(CONFIG_X) += a.o\nobj-$(CONFIG_Y) += a.o", (("X",), ("Y",))),
        ("ifdef CONFIG_Z\nobj-$(CONFIG_X) += a.o\nendif", (("X",),)),
        ("# obj-y += a.o", UNKNOWN),
        ("obj-$(CONFIG_X)$(CONFIG_Y) += a.o", ALWAYS),  # not understood: may be built always
        ("whole-y := a.o", ALWAYS),  # a part of what no object is made of
        ("parts := a.o\nobj-$(CONFIG_X) += $(parts)", ALWAYS),
        ("obj-$(CONFIG_X) += $(addprefix sub/, b.o)", UNKNOWN),
    ],
)
def test_each_form_of_assignment_is_read(line: str, needs: tuple[tuple[str, ...], ...]) -> None:
    tree = a_tree({"": "obj-y += d/", "d": line}, "d/a.c")

    assert rules_of(tree) == {"d/a.c": needs}


def test_a_file_needs_what_leads_to_its_directory_too() -> None:
    makefiles = {
        "": "obj-y += drivers/",
        "drivers": "obj-$(CONFIG_NET) += net/\nobj-$(CONFIG_PCI) += net/",
        "drivers/net": "obj-$(CONFIG_CAN) += can.o",
    }

    found = rules_of(a_tree(makefiles, "drivers/net/can.c"))

    assert found["drivers/net/can.c"] == (("CAN", "NET"), ("CAN", "PCI"))


def test_a_directory_that_no_plain_rule_leads_to_needs_nothing() -> None:
    makefiles = {"": "obj-y += $(dirs)", "lost": "obj-$(CONFIG_X) += a.o"}

    assert rules_of(a_tree(makefiles, "lost/a.c")) == {"lost/a.c": (("X",),)}


def test_directories_that_lead_to_each_other_come_to_an_end() -> None:
    makefiles = {"": "obj-y += a/", "a": "obj-$(CONFIG_X) += ../a/ ./", "b": ""}

    assert rules_of(a_tree(makefiles, "a/x.c")) == {"a/x.c": UNKNOWN}


def test_composites_within_themselves_come_to_an_end() -> None:
    makefiles = {"": "obj-$(CONFIG_X) += a.o\na-y := b.o\nb-y := a.o c.o"}

    assert rules_of(a_tree(makefiles, "c.c"))["c.c"] == (("X",),)


def test_a_file_that_another_includes_has_no_rule() -> None:
    tree = a_tree({"": "obj-y += k/", "k": "obj-$(CONFIG_X) += rt.o policy.o far.o"}, "k/rt.c",
                  "k/policy.c", "k/far.c")  # fmt: skip
    tree.add_source("k/policy.c", b'#include "rt.c"\n# include "../other/k/far.c"\n')

    found = rules_of(tree)

    assert (found["k/rt.c"], found["k/policy.c"]) == (UNKNOWN, (("X",),))
    assert found["k/far.c"] == UNKNOWN


def test_a_map_is_read_as_it_was_written() -> None:
    makefiles = {"": "obj-$(CONFIG_X) += a.o\nobj-y += b.o"}
    tree = a_tree(makefiles, "a.c", "b.c", "c.c")

    facts = read_facts(json.dumps(written(tree)).encode())

    assert (facts.kind, facts.tree_version) == (FactKind.BUILD_RULES, "5.10.120")
    assert facts.rules == {"a.c": (("X",),), "b.c": ((),), "c.c": ()}


WORDS = st.sampled_from(["a.o", "b.o", "d/", "whole.o", "$(x)", "-lm"])
NAMES = st.sampled_from(["obj-y", "obj-$(CONFIG_X)", "whole-objs", "a-y", "x", "obj-$(CONFIG_Y)"])
LINES = st.lists(st.tuples(NAMES, st.lists(WORDS, max_size=3)), max_size=6)


@given(LINES)
def test_what_is_named_without_an_option_is_never_said_to_need_one(
    lines: list[tuple[str, list[str]]],
) -> None:
    text = "\n".join(f"{name} += {' '.join(words)}" for name, words in lines)
    found = rules_of(a_tree({"": text, "d": text}, "a.c"))["a.c"]

    if any(name == "obj-y" and "a.o" in words for name, words in lines):
        assert () in found
