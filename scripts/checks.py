"""Everything about the code that can be known without running its tests."""

from __future__ import annotations

import argparse
import concurrent.futures
import dataclasses
import os
import secrets
import subprocess
import sys
import time
from pathlib import Path

from scripts import bootstrap, packages
from scripts.place import ENVIRONMENT, PYTHON, ROOT, VAR, say

PACKAGES = ("assignments", "ksp", "observers", "participants", "reports", "responses", "scoring")
DATA = VAR / "check"
DJANGO = "5.2"


@dataclasses.dataclass(frozen=True)
class Check:
    """A command that ends with 0 when all is well."""

    name: str
    command: list[str]
    production: bool = False

    def environment(self) -> dict[str, str]:
        """Return the variables to run it with: the developer's own do not count."""
        inherited = {name: os.environ[name] for name in ("HOME", "LANG", "PATH", "TMPDIR") if name in os.environ}
        own = {"KSP_DATA_DIR": str(DATA), "PYTHONWARNINGS": "default"}
        return inherited | own | (_production() if self.production else {"DEBUG": "1"})


@dataclasses.dataclass(frozen=True)
class Outcome:
    """How a check went."""

    name: str
    passed: bool
    output: str
    seconds: float


def _production() -> dict[str, str]:
    """Return what an installation sets, with a database that the check does not ask anything."""
    return {
        "ALLOWED_HOSTS": "ksp.example",
        "DATABASE_URL": "postgres://ksp@127.0.0.1:5432/ksp",
        "REDIS_URL": "redis://127.0.0.1:6379/0",
        "SECRET_KEY": secrets.token_urlsafe(60),
    }


def every_check() -> list[Check]:
    """Return all checks, slow ones first."""
    manage = [str(PYTHON), "manage.py"]
    python = [str(path) for path in _sources(".py")]
    html = [str(path) for path in _sources(".html")]
    return [
        Check("types", [_tool("mypy")]),
        Check("templates", [_tool("djlint"), "--lint", "--quiet", "templates"]),
        Check("security", [_tool("bandit"), "-c", "pyproject.toml", "--quiet", "-r", *PACKAGES, "scripts"]),
        Check("deployment", [*manage, "check", "--deploy", "--fail-level", "WARNING"], production=True),
        Check("missing migrations", [*manage, "makemigrations", "--check", "--dry-run"]),
        Check("translations", [str(PYTHON), "scripts/translations.py", "check"]),
        Check("imports", [_tool("lint-imports"), "--no-logo"]),
        Check("style", [_tool("ruff"), "check", "--output-format", "concise", "."]),
        Check("format", [_tool("ruff"), "format", "--check", "."]),
        Check("template style", [_tool("djade"), "--check", "--target-version", DJANGO, *html]),
        Check("old Django", [_tool("django-upgrade"), "--check", "--target-version", DJANGO, *python]),
        Check("unused code", [_tool("vulture")]),
        Check("dependencies", [_tool("deptry"), "."]),
        Check(
            "compose file", [_tool("check-jsonschema"), "--builtin-schema", "vendor.compose-spec", "docker-compose.yml"]
        ),
        Check("Dockerfile", [_tool("hadolint"), "Dockerfile"]),
    ]


def _tool(name: str) -> str:
    return str(ENVIRONMENT / "bin" / name)


def _sources(suffix: str) -> list[Path]:
    """Return the project's files of one kind, migrations aside."""
    folders = [*PACKAGES, "scripts", "templates", "tests"]
    found = (path for folder in folders for path in (ROOT / folder).rglob(f"*{suffix}"))
    return sorted(path.relative_to(ROOT) for path in found if "migrations" not in path.parts)


def run_all(checks: list[Check]) -> list[Outcome]:
    """Run the checks side by side; show those that failed as they end."""
    DATA.mkdir(parents=True, exist_ok=True)
    with concurrent.futures.ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        outcomes = []
        for done in concurrent.futures.as_completed([pool.submit(_run, check) for check in checks]):
            outcomes.append(done.result())
            _show(outcomes[-1])
    return outcomes


def _run(check: Check) -> Outcome:
    began = time.monotonic()
    done = subprocess.run(
        check.command,
        cwd=ROOT,
        check=False,
        env=check.environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    return Outcome(check.name, done.returncode == 0, done.stdout, time.monotonic() - began)


def _show(outcome: Outcome) -> None:
    if not outcome.passed:
        say(f"\n── {outcome.name}\n{outcome.output.rstrip()}\n")
    say(f"{'passed' if outcome.passed else 'FAILED'}  {outcome.name} ({outcome.seconds:.1f} s)")


def prepare() -> None:
    """Install what the checks need."""
    bootstrap.install(tests=True)
    packages.install([name for name in packages.missing_for_tests() if name == "gettext"])


def main() -> None:
    """Run the checks of the command line, or all."""
    names = [check.name for check in every_check()]
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(names))
    wanted = parser.parse_args().names
    prepare()
    outcomes = run_all([check for check in every_check() if not wanted or check.name in wanted])
    failed = [outcome.name for outcome in outcomes if not outcome.passed]
    say(f"Failed: {', '.join(failed)}." if failed else "All is well.")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
