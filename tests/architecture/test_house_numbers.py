"""The house numbers: limits that keep the code readable, checked on every file."""

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "longmark"
MODULES = sorted(path for path in SOURCE.rglob("*.py") if "migrations" not in path.parts)
TEMPLATES = sorted(SOURCE.rglob("templates/**/*.html"))
MIGRATIONS = sorted(SOURCE.rglob("migrations/0*.py"))

MODULE_LINES = 500
FUNCTION_LINES = 60
TEMPLATE_LINES = 200
INNER_IMPORTS = 3
BROAD_EXCEPTS = 5
IGNORED = "type: ignore"  # what is counted; nothing is ignored here
IGNORES_PER_1000_LINES = 0.5
RUNTIME_DEPENDENCIES = 23
SETTINGS_LINES = 300
FORBIDDEN_NAMES = {"utils", "util", "helpers", "helper", "common", "misc", "shared", "manager"}

Function = ast.FunctionDef | ast.AsyncFunctionDef


def functions(path: Path) -> Iterator[Function]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, Function):
            yield node


def body_lines(function: Function) -> int:
    has_docstring = ast.get_docstring(function) is not None
    first = function.body[0].end_lineno + 1 if has_docstring else function.lineno  # type: ignore[operator]
    return (function.end_lineno or 0) - first + 1


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_a_module_fits_in_one_mind(path: Path):
    assert len(path.read_text().splitlines()) <= MODULE_LINES
    assert path.stem not in FORBIDDEN_NAMES


def test_functions_are_short():
    long = [
        f"{path.relative_to(SOURCE)}:{function.name} {body_lines(function)}"
        for path in MODULES
        for function in functions(path)
        if body_lines(function) > FUNCTION_LINES
    ]
    assert long == []


def test_every_parameter_and_result_is_annotated():
    bare = [
        f"{path.relative_to(SOURCE)}:{function.name}"
        for path in MODULES
        for function in functions(path)
        if function.returns is None
        or any(
            argument.annotation is None
            for argument in [*function.args.args, *function.args.kwonlyargs]
            if argument.arg not in {"self", "cls"}
        )
    ]
    assert bare == []


def test_imports_stand_at_the_top():
    inner = [
        f"{path.relative_to(SOURCE)}:{function.name}"
        for path in MODULES
        for function in functions(path)
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]
    assert len(inner) <= INNER_IMPORTS, inner


def test_broad_excepts_stand_at_the_borders_of_processes_only():
    broad = [
        f"{path.relative_to(SOURCE)}:{node.lineno}"
        for path in MODULES
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ExceptHandler)
        and (node.type is None or getattr(node.type, "id", "") in {"Exception", "BaseException"})
        and not any(isinstance(each, ast.Raise) and each.exc is None for each in ast.walk(node))
    ]
    assert len(broad) <= BROAD_EXCEPTS, broad


def test_few_types_are_ignored_and_each_says_which():
    lines = [line for path in MODULES for line in path.read_text().splitlines()]
    ignored = [line for line in lines if IGNORED in line]
    assert [line for line in ignored if f"{IGNORED}[" not in line] == []
    assert len(ignored) <= max(5, len(lines) / 1000 * IGNORES_PER_1000_LINES * 2), ignored


def test_nobody_listens_to_signals():
    assert [path for path in MODULES if re.search(r"@receiver|\.connect\(", path.read_text())] == []


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_a_template_is_short_and_holds_no_script_or_style(path: Path):
    text = path.read_text()
    assert len(text.splitlines()) <= TEMPLATE_LINES
    assert not re.search(r"<style|\sstyle=|\son(?!ly)[a-z]+=|<script(?![^>]*\ssrc=)", text)


@pytest.mark.parametrize("path", MIGRATIONS, ids=lambda path: f"{path.parts[-3]}-{path.stem}")
def test_a_migration_says_what_it_does_and_imports_no_rules_of_ours(path: Path):
    assert not re.fullmatch(r"\d{4}_(initial|auto.*|.*_more)", path.stem)
    ours = re.findall(r"^(?:from|import) (longmark\S*)", path.read_text(), re.M)
    assert set(ours) <= {"longmark.foundation.fields"}


def test_every_dependency_has_its_line_of_reason():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    runtime = [re.split(r"[\[<>=]", each)[0] for each in project["project"]["dependencies"]]
    development = [re.split(r"[\[<>=]", each)[0] for each in project["dependency-groups"]["dev"]]
    reasons = (ROOT / "docs" / "dependencies.md").read_text().lower()

    assert len(runtime) <= RUNTIME_DEPENDENCIES
    assert [name for name in runtime + development if name.lower() not in reasons] == []


def test_lock_files_name_no_address():
    for lock in ROOT.glob("requirements*.lock"):
        assert "://" not in lock.read_text()


def test_settings_are_short_and_each_variable_is_documented():
    settings = (SOURCE / "config" / "settings.py").read_text()
    documented = (ROOT / "docs" / "reference" / "settings.md").read_text()
    names = re.findall(r'(?:text|flag|number|secret|listed)\("([A-Z_]+)"', settings)

    assert len(settings.splitlines()) <= SETTINGS_LINES
    assert [name for name in names if f"LONGMARK_{name}" not in documented] == []


def test_every_ledger_action_is_documented():
    documented = (ROOT / "docs" / "reference" / "ledger.md").read_text()
    actions = [
        action
        for path in SOURCE.rglob("entries.py")
        for action in re.findall(r'ACTION: ClassVar\[str\] = "([^"]+)"', path.read_text())
    ]
    assert [action for action in actions if f"`{action}`" not in documented] == []
