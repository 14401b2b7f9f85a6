"""Licence texts as SPDX expressions, and what they ask."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from longmark.core.licences import Category, combined, licence_of


@pytest.mark.parametrize(
    ("text", "expression", "category"),
    [
        ("MIT", "MIT", Category.PERMISSIVE),
        ("mit", "MIT", Category.PERMISSIVE),
        ("Apache License, Version 2.0", "Apache-2.0", Category.PERMISSIVE),
        ("https://spdx.org/licenses/Zlib.html", "Zlib", Category.PERMISSIVE),
        ("GPL-2.0+", "GPL-2.0-or-later", Category.STRONG_COPYLEFT),
        ("GPLv2", "GPL-2.0-only", Category.STRONG_COPYLEFT),
        ("MPL-2.0", "MPL-2.0", Category.WEAK_COPYLEFT),
        ("GPL-2.0-only WITH Classpath-exception-2.0", None, Category.WEAK_COPYLEFT),
        ("MIT OR GPL-2.0-only", None, Category.PERMISSIVE),
        ("MIT AND GPL-2.0-only", None, Category.STRONG_COPYLEFT),
        ("LicenseRef-scancode-proprietary-license", None, Category.PROPRIETARY),
        ("LicenseRef-acme", None, Category.UNKNOWN),
        ("BSD", "BSD", Category.NOT_SPDX),
        ("MIT AND", "MIT AND", Category.NOT_SPDX),
        ("NOASSERTION", "", Category.UNKNOWN),
    ],
)
def test_a_text_is_brought_to_an_expression(text, expression, category):
    licence = licence_of(text)

    assert licence.expression == (text if expression is None else expression)
    assert licence.category is category


def test_an_unknown_part_is_not_hidden_by_a_known_one():
    assert licence_of("MIT AND LicenseRef-acme").category is Category.UNKNOWN


def test_several_texts_hold_together():
    licence = combined(["MIT OR Zlib", "GPLv2", ""])

    assert licence.expression == "(MIT OR Zlib) AND GPL-2.0-only"
    assert licence.category is Category.STRONG_COPYLEFT


def test_no_text_is_unknown():
    assert combined([]).category is Category.UNKNOWN


def test_a_whole_licence_text_is_no_identifier():
    assert licence_of("Permission is hereby granted " * 200).category is Category.NOT_SPDX


@pytest.mark.parametrize(
    "text", ["(" * 900 + "MIT" + ")" * 900, "MIT OR " * 280 + "MIT", "\0", "()"]
)
def test_odd_texts_are_answered(text):
    assert licence_of(text).category in Category


@given(st.text(alphabet="MITGPL-20+() ANDORWH.", max_size=60))
def test_a_normal_spelling_is_its_own(text):
    licence = licence_of(text)

    if licence.is_spdx:
        assert licence_of(licence.expression).expression == licence.expression
