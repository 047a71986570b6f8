"""The shape of the code: imports point one way, every write is guarded, files stay readable."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SKIPPED = {".venv", "var", "tests", ".git", ".hypothesis"}
FILES = sorted(
    path.relative_to(ROOT) for path in ROOT.rglob("*.py") if not SKIPPED & set(path.relative_to(ROOT).parts[:1])
)
OURS = {"app", "models", "blueprints", "commands", "services", "sandbox"}

# Who may import what of ours (docs/architecture.md); the longest name that fits counts.
ALLOWED = {
    "app": {"app", "blueprints", "models", "sandbox", "services"},
    "commands": {"app", "commands", "models", "sandbox", "services"},
    "blueprints": {"blueprints", "services"},
    "services": {"models", "services"},
    "services/core": {"services.core"},
    "services/xero": {"services.core", "services.xero", "services.errors", "services.clock"},
    "services/migrations": set(),
    "models": set(),
    "sandbox": {"sandbox"},
}
FOREIGN = {  # packages that a layer must not know
    "services": {"flask", "flask_login", "flask_wtf", "htmx_flask", "click"},
    "services/core": {"flask", "peewee", "requests", "os", "time", "random", "secrets", "authlib"},
    "services/xero": {"flask", "peewee"},
    "blueprints": {"peewee", "requests", "authlib"},
    "sandbox": {"peewee"},
}


def rule(table: dict, path: Path):
    name = path.with_suffix("").as_posix()
    fitting = [layer for layer in table if name == layer or name.startswith(layer + "/")]
    return max(fitting, key=len, default=None)


def imports(path: Path) -> list[tuple[str, int]]:
    """Every module named by an import, wherever it stands; ``from services import x`` is services.x."""
    found = []
    for node in ast.walk(ast.parse((ROOT / path).read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found += [(alias.name, node.lineno) for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            found += [(f"{node.module}.{alias.name}", node.lineno) for alias in node.names]
    return found


def within(module: str, packages: set[str]) -> bool:
    return any(module == package or module.startswith(package + ".") for package in packages)


@pytest.mark.parametrize("path", FILES, ids=str)
def test_imports_point_one_way(path):
    layer = rule(ALLOWED, path)
    assert layer, f"{path} stands outside of every layer"
    wrong = [
        f"{path}:{line} imports {module}"
        for module, line in imports(path)
        if within(module, OURS) and not within(module, ALLOWED[layer])
    ]
    foreign = FOREIGN.get(rule(FOREIGN, path) or "", set())
    wrong += [f"{path}:{line} knows {module}" for module, line in imports(path) if within(module, foreign)]
    assert not wrong


def test_there_are_no_import_circles():
    named = {path.with_suffix("").as_posix().replace("/", ".").removesuffix(".__init__"): path for path in FILES}
    graph = {}
    for name, path in named.items():
        tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
        at_top = [node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
        graph[name] = set()
        for node in at_top:
            modules = (
                [alias.name for alias in node.names]
                if isinstance(node, ast.Import)
                else [
                    f"{node.module}.{alias.name}" if f"{node.module}.{alias.name}" in named else node.module
                    for alias in node.names
                ]
            )
            graph[name] |= {module for module in modules if module in named and module != name}
    assert not circle_in(graph)


def circle_in(graph: dict[str, set[str]]) -> list[str]:
    done: set[str] = set()

    def visit(name: str, path: list[str]) -> list[str]:
        if name in path:
            return [*path[path.index(name) :], name]
        if name in done:
            return []
        for other in sorted(graph[name]):
            circle = visit(other, [*path, name])
            if circle:
                return circle
        done.add(name)
        return []

    for name in graph:
        circle = visit(name, [])
        if circle:
            return circle
    return []


@pytest.mark.parametrize("path", FILES, ids=str)
def test_every_module_opens_with_a_sentence(path):
    if (ROOT / path).read_text(encoding="utf-8").strip():
        assert ast.get_docstring(ast.parse((ROOT / path).read_text(encoding="utf-8")))


@pytest.mark.parametrize("path", FILES, ids=str)
def test_functions_are_short_enough_to_read(path):
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    long = [
        f"{path}:{node.lineno} {node.name} has {node.end_lineno - node.lineno + 1} lines"
        for node in functions
        if node.end_lineno - node.lineno + 1 > limit(node)
    ]
    assert not long


def limit(node: ast.FunctionDef) -> int:
    """40 lines; a Flask factory that holds its routes is as long as its routes."""
    holds_routes = any(isinstance(part, ast.FunctionDef) and part.decorator_list for part in node.body)
    return 90 if holds_routes else 40


def test_money_never_touches_a_float():
    """No float(…) where amounts are handled, and no float literal where they are worked out."""
    found = []
    for path in FILES:
        if not path.as_posix().startswith(("services/core", "services/posting", "services/settlements")):
            continue
        for node in ast.walk(ast.parse((ROOT / path).read_text(encoding="utf-8"))):
            is_literal = path.parts[1] == "core" and isinstance(node, ast.Constant) and isinstance(node.value, float)
            is_call = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "float"
            if is_literal or is_call:
                found.append(f"{path}:{node.lineno}")
    assert not found


def test_templates_never_switch_escaping_off():
    for template in (ROOT / "templates").rglob("*.html"):
        text = template.read_text(encoding="utf-8")
        assert "|safe" not in text.replace(" ", ""), template
        assert "autoescapefalse" not in text.replace(" ", "").lower(), template


def test_settlements_are_read_without_the_network_library():
    """It costs a tenth of a second at each start, and whoever reads a file needs none of it."""
    asked = "import sys, services.settlements; sys.exit('requests' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", asked], cwd=ROOT, timeout=60).returncode == 0
