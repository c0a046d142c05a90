"""What holds for the whole house and no linter knows."""

import ast
import functools
import re
from pathlib import Path

import polib
import pytest
from django.apps import apps
from django.db.migrations.loader import MigrationLoader

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("assignments", "ksp", "observers", "participants", "reports", "responses", "scoring", "scripts")
MODULES = sorted(
    path.relative_to(ROOT)
    for package in (*PACKAGES, "tests")
    for path in (ROOT / package).rglob("*.py")
    if "migrations" not in path.parts
)
CODE = [path for path in MODULES if path.parts[0] not in {"scripts", "tests"}]
SERVICES = [path for path in CODE if path.name == "services.py" or path.parent.name == "services"]
TEMPLATES = sorted(path.relative_to(ROOT) for path in (ROOT / "templates").rglob("*.html"))
OURS = [
    config for config in apps.get_app_configs() if Path(config.path).is_relative_to(ROOT / config.name.split(".")[0])
]
MODELS = [model for config in OURS for model in config.get_models()]

SILENCED = re.compile(r"#\s*(?:noqa|type:\s*ignore|pragma:\s*no\s*(?:cover|branch)|nosec)\b.*")
# The type checker wants its reason behind a mark of its own: "# type: ignore[code]  # reason".
EXPLAINED = re.compile(
    r"# (?:type: ignore\[[a-z-]+(?:, [a-z-]+)*\]  # "
    r"|(?:noqa: [A-Z]+\d+(?:, [A-Z]+\d+)*|pragma: no (?:cover|branch)|nosec B\d+) -- )\S.{5,}"
)
VAGUE = {"base", "common", "helper", "helpers", "misc", "util", "utils"}
WRITES = {"bulk_create", "bulk_update", "create", "create_user", "delete", "get_or_create", "save", "update"} | {
    "update_or_create"
}
# Writes that no signed-in person asks for.
WITHOUT_A_PERSON = {
    "accept_invitation": "whoever holds the link has no account in use yet",
    "check_publication": "compares what is known; nobody decides anything",
    "check_publications": "compares what is known; nobody decides anything",
    "create_organiser": "the first account comes into being with it",
    "freeze_corrections": "stands in the name of whoever corrected",
    "note_reading": "whoever holds the address reads the calendar",
    "make_owed_proposals": "makes what somebody has asked for",
    "make_proposal": "makes what somebody has asked for",
    "owe_mail": "called by services that know the person",
    "owe_mails": "called by services that know the person",
    "refresh_owed_statistics": "derives again what is known; nobody decides anything",
    "settle_owed_recomputes": "derives again what is known; nobody decides anything",
}
# Writes that are not one transaction.
NOT_ATOMIC = {
    "check_publications": "season by season, so that one that cannot be computed does not hold up the others",
    "make_owed_proposals": "one proposal after the other, each on its own",
    "make_proposal": "computes for seconds, and writes in transactions of its own",
    "refresh_owed_statistics": "computes for seconds, and writes in a transaction of its own",
    "settle_owed_recomputes": "commits piece by piece, so that one bad row does not hold up the others",
}


def parsed(path):
    return ast.parse((ROOT / path).read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", MODULES, ids=str)
def test_module_has_at_most_400_lines(path):
    assert len((ROOT / path).read_text(encoding="utf-8").splitlines()) <= 400


@pytest.mark.parametrize("path", TEMPLATES, ids=str)
def test_template_has_at_most_120_lines(path):
    assert len((ROOT / path).read_text(encoding="utf-8").splitlines()) <= 120


@pytest.mark.parametrize("path", MODULES, ids=str)
def test_module_is_named_for_what_it_knows(path):
    assert not VAGUE & {*path.parts[:-1], path.stem}


@pytest.mark.parametrize("path", [path for path in MODULES if path.name != "test_house.py"], ids=str)
def test_silenced_check_names_its_code_and_reason(path):
    silenced = [match[0] for match in SILENCED.finditer((ROOT / path).read_text(encoding="utf-8"))]

    assert [comment for comment in silenced if not EXPLAINED.fullmatch(comment)] == []


def public_services():
    """Give every public function of every services module."""
    for path in SERVICES:
        for node in parsed(path).body:
            if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
                yield pytest.param(path, node, id=f"{'.'.join(path.with_suffix('').parts)}.{node.name}")


@functools.cache
def writing_functions(path):
    """Name the functions of a module that write, by themselves or through one another."""
    functions = {node.name: node for node in parsed(path).body if isinstance(node, ast.FunctionDef)}
    writing = {name for name, node in functions.items() if calls(node) & WRITES}
    while more := {name for name, node in functions.items() if calls(node) & writing} - writing:
        writing |= more
    return writing


def calls(function):
    """Name what a function calls, whatever it calls it on; dict.update and the like take no keywords."""
    found = set()
    for node in ast.walk(function):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            if node.func.attr != "update" or node.keywords:
                found.add(node.func.attr)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            found.add(node.func.id)
    return found


@pytest.mark.parametrize(("path", "function"), list(public_services()))
def test_service_says_what_is_true_afterwards(path, function):
    assert ast.get_docstring(function)


@pytest.mark.parametrize(("path", "function"), list(public_services()))
def test_service_that_writes_is_atomic_and_knows_the_person(path, function):
    if function.name not in writing_functions(path):
        return
    keywords = {argument.arg for argument in function.args.kwonlyargs}

    assert "transaction.atomic" in ast.unparse(function) or function.name in NOT_ATOMIC
    assert "by" in keywords or function.name in WITHOUT_A_PERSON


def test_nobody_is_excused_who_is_not_there():
    assert WITHOUT_A_PERSON.keys() | NOT_ATOMIC.keys() <= {parameter.values[1].name for parameter in public_services()}


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
def test_model_has_a_factory(model):
    assert f"model = {model.__name__}\n" in "".join(
        path.read_text(encoding="utf-8") for path in (ROOT / "tests" / "factories").glob("*.py")
    )


@pytest.mark.parametrize("app", [config.label for config in OURS])
def test_migrations_stand_in_one_line(app):
    graph = MigrationLoader(None, ignore_no_migrations=True).graph
    parents = [node.parents for key, node in graph.node_map.items() if key[0] == app]

    assert len(graph.leaf_nodes(app)) <= 1
    assert all(len([parent for parent in own if parent.key[0] == app]) <= 1 for own in parents)


@pytest.mark.parametrize("path", sorted((ROOT / "locale").glob("*/*/*.po")), ids=lambda path: path.name)
def test_catalogue_is_complete(path):
    catalogue = polib.pofile(str(path))

    assert len(catalogue) > 100
    assert [entry.msgid for entry in catalogue if entry.fuzzy or not entry.translated()] == []
