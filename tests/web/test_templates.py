"""Laws of the templates: no script or style inside, short, components say their parameters."""

import re
from pathlib import Path

import pytest
from django.template.loader import get_template

import longmark.web

FOLDER = Path(longmark.web.__file__).parent / "templates"
TEMPLATES = sorted(FOLDER.rglob("*.html"))
NAMES = [str(path.relative_to(FOLDER)) for path in TEMPLATES]
INLINE = re.compile(
    r"<script(?![^>]*\ssrc=)|<style|\sstyle=|\son(?!ly=)[a-z]+=|javascript:|hx-on", re.I
)
LIMIT_LINES = 200


@pytest.mark.parametrize("path", TEMPLATES, ids=NAMES)
def test_template_holds_no_script_style_or_handler(path: Path) -> None:
    assert INLINE.findall(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("path", TEMPLATES, ids=NAMES)
def test_template_is_short(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= LIMIT_LINES


@pytest.mark.parametrize("name", NAMES)
def test_template_compiles(name: str) -> None:
    assert get_template(name)


@pytest.mark.parametrize("path", sorted((FOLDER / "components").glob("*.html")), ids=str)
def test_component_begins_with_its_parameters(path: Path) -> None:
    assert path.read_text(encoding="utf-8").startswith("{# ")


def test_styles_name_colours_only_in_tokens() -> None:
    styles = (FOLDER.parent / "static" / "longmark" / "longmark.css").read_text(encoding="utf-8")
    literal = re.findall(r"#[0-9a-f]{3,8}\b", re.sub(r"/\*.*?\*/", "", styles, flags=re.S))

    assert literal == []
