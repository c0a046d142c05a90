"""Runs every check, then the tests on both kinds of database, and sums up what failed."""

from __future__ import annotations

import argparse
import dataclasses
import os
import re
import shutil
import signal
import subprocess
import sys
import time

from scripts import bootstrap, checks, packages, services
from scripts.place import ENVIRONMENT, PYTHON, ROOT, VAR, say

FOLDER = VAR / "test"
COVERAGE = VAR / "coverage"
CLOSING = re.compile(r"^=+ .*\b(passed|failed|error|errors|no tests ran|skipped|deselected)\b.* =+$")


@dataclasses.dataclass(frozen=True)
class Round:
    """One run of pytest."""

    name: str
    marks: str
    processes: int = 0
    services: bool = True
    covered: bool = True

    def command(self) -> list[str]:
        """Return the command line of this round."""
        spread = ["--numprocesses", str(self.processes)] if self.processes else []
        cover = ["--cov", "--cov-report="] if self.covered else []
        return [str(PYTHON), "-m", "pytest", "--color=no", "-m", self.marks, *spread, *cover]


@dataclasses.dataclass(frozen=True)
class Threshold:
    """How much of the statements and branches of some files the tests must reach."""

    name: str
    percent: int
    files: str = ""

    def command(self) -> list[str]:
        """Return the command that fails below it."""
        chosen = [f"--include={self.files}"] if self.files else []
        return [str(ENVIRONMENT / "bin" / "coverage"), "report", f"--fail-under={self.percent}", *chosen]


ROUNDS = (
    Round("on PostgreSQL and Redis", "not e2e and not worker", processes=2),
    Round("in a browser, with a worker", "e2e or worker"),
    Round("on SQLite", "not postgres and not e2e and not worker", processes=2, services=False, covered=False),
)
FAST = (dataclasses.replace(ROUNDS[-1], name="on SQLite, the fast ones"),)
THRESHOLDS = (
    Threshold("coverage of everything", 90),
    Threshold("coverage of services, rules and workflows", 95, "*/services.py,*/services/*,*/rules.py,*/workflow.py"),
)


class Report:
    """What failed, and how pytest summed up each round."""

    def __init__(self) -> None:
        self.failed: list[str] = []
        self.closing: list[str] = []
        self._began = time.monotonic()

    def finish(self) -> int:
        """Print the summary, pytest's own lines last; return the exit status."""
        minutes, seconds = divmod(int(time.monotonic() - self._began), 60)
        print(f"\nTook {minutes} min {seconds} s.", flush=True)
        print(f"FAILED: {'; '.join(self.failed)}." if self.failed else "Everything passed.")
        print("\n".join(self.closing), flush=True)
        return 1 if self.failed else 0


def run_everything(report: Report) -> None:
    """Check the code, then test it on PostgreSQL, in a browser and on SQLite."""
    packages.install(packages.missing_for_tests())
    report.failed += [outcome.name for outcome in checks.run_all(checks.every_check()) if not outcome.passed]
    shutil.rmtree(COVERAGE, ignore_errors=True)
    COVERAGE.mkdir(parents=True)
    services.stop_all(FOLDER, forget=True)
    started = services.start(FOLDER, durable=False)
    try:
        for each in ROUNDS:
            run_round(each, report, started.environment() if each.services else {})
    finally:
        services.stop_all(FOLDER, forget=True)
    measure_coverage(report)


def run_round(each: Round, report: Report, where: dict[str, str]) -> None:
    """Run pytest once, show what it prints, and keep its closing line."""
    say(f"\n── Tests {each.name}")
    closing = ""
    with subprocess.Popen(
        each.command(),
        cwd=ROOT,
        env=_environment(where) | {"COVERAGE_FILE": str(COVERAGE / each.name.replace(" ", "-"))},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        for line in process.stdout or ():
            print(line, end="", flush=True)
            closing = line.strip() if CLOSING.match(line.strip()) else closing
    if process.returncode:
        report.failed.append(f"tests {each.name}")
    if closing:
        report.closing.append(closing)


def _environment(where: dict[str, str]) -> dict[str, str]:
    """Return the variables of a round: a developer's own settings do not count."""
    own = ("ALLOWED_HOSTS", "DATABASE_URL", "DEBUG", "EMAIL_URL", "KSP_DATA_DIR", "KSP_DEMO", "REDIS_URL", "SECRET_KEY")
    inherited = {name: value for name, value in os.environ.items() if name not in own}
    return inherited | where | {"KSP_DATA_DIR": str(VAR / "test-data"), "KSP_BROWSER": str(packages.BROWSER)}


def measure_coverage(report: Report) -> None:
    """Sum up what the rounds reached; too little is a failure."""
    coverage = str(ENVIRONMENT / "bin" / "coverage")
    parts = [str(path) for path in sorted(COVERAGE.glob("*"))]
    subprocess.run([coverage, "combine", "--quiet", *parts], cwd=ROOT, check=False)
    for threshold in THRESHOLDS:
        say(f"\n── {threshold.name.capitalize()}: at least {threshold.percent} %")
        if subprocess.run(threshold.command(), cwd=ROOT, check=False).returncode:
            report.failed.append(threshold.name)


def main() -> None:
    """Test everything, or what is fast."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--fast", action="store_true", help="only the unit tests on SQLite")
    fast = parser.parse_args().fast
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    bootstrap.install(tests=True)
    subprocess.run([str(PYTHON), "scripts/translations.py", "compile"], cwd=ROOT, check=True)
    report = Report()
    if fast:
        run_round(FAST[0], report, {})
    else:
        run_everything(report)
    sys.exit(report.finish())


if __name__ == "__main__":
    main()
