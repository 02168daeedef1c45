from __future__ import annotations

import ast
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

from tests.conftest import ROOT

# What each part must not import; `index <- qa <- eval`, `qa <- api`, and the command line over all of them.
FORBIDDEN = {
    "index": {"qa", "eval", "api", "cli"},
    "qa": {"eval", "api", "cli"},
    "eval": {"api", "cli"},
    "api": {"eval", "cli"},
}


def module_files() -> dict[str, Path]:
    """Every module of the project by its dotted name."""
    files = [ROOT / "api.py", ROOT / "cli.py"]
    for package in ("index", "qa", "eval"):
        files += sorted((ROOT / package).rglob("*.py"))
    names = {file: ".".join(file.relative_to(ROOT).with_suffix("").parts) for file in files}
    return {name.removesuffix(".__init__"): file for file, name in names.items()}


MODULES = module_files()


def imported(statement: ast.AST, module: str) -> Iterator[str]:
    """The dotted names that one import statement of `module` makes available; nothing for other code."""
    if isinstance(statement, ast.Import):
        yield from (alias.name for alias in statement.names)
    elif isinstance(statement, ast.ImportFrom):
        package = module.split(".")
        if MODULES[module].name != "__init__.py":
            package = package[:-1]
        above = package[: len(package) - statement.level + 1] if statement.level else []
        source = ".".join([*above, *([statement.module] if statement.module else [])])
        for alias in statement.names:
            named = f"{source}.{alias.name}"
            yield named if named in MODULES else source


def is_type_checking(test: ast.expr) -> bool:
    return "TYPE_CHECKING" in {getattr(node, "id", None) or getattr(node, "attr", None) for node in ast.walk(test)}


def run_at_import(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """The statements that run when a module is imported: no function bodies, nothing for type checkers only."""
    for statement in body:
        yield statement
        if isinstance(statement, ast.If) and is_type_checking(statement.test):
            yield from run_at_import(statement.orelse)
        elif not isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef):
            for field in ("body", "orelse", "finalbody", "handlers"):
                yield from run_at_import(getattr(statement, field, []))


def tree(module: str) -> ast.Module:
    return ast.parse(MODULES[module].read_text(encoding="utf-8"))


def test_every_part_of_the_project_is_looked_at() -> None:
    assert {"api", "cli", "index.clean.document", "index.settings", "qa.ask", "eval"} <= set(MODULES)


@pytest.mark.parametrize("module", [name for name in MODULES if name.split(".")[0] in FORBIDDEN])
def test_a_module_imports_only_along_the_arrows(module: str) -> None:
    parts = {name.split(".")[0] for node in ast.walk(tree(module)) for name in imported(node, module)}
    assert parts & FORBIDDEN[module.split(".", maxsplit=1)[0]] == set()


def test_no_modules_import_each_other_in_a_circle() -> None:
    graph = {
        module: {
            name
            for statement in run_at_import(tree(module).body)
            for name in imported(statement, module)
            if name in MODULES
        }
        for module in MODULES
    }
    assert any(graph.values())
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(f"import cycle: {' -> '.join(reversed(error.args[1]))}")
