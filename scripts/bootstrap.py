"""Makes .venv with exactly the packages that the project is locked to."""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

from scripts import packages
from scripts.place import ENVIRONMENT, PYTHON, ROOT, VAR, fingerprint, say, stop

if TYPE_CHECKING:
    from pathlib import Path

OLDEST = (3, 11)
TOOLS = VAR / "tools"
REQUIREMENTS = ROOT / "requirements"
UV_LOCK = REQUIREMENTS / "uv.txt"
WHEELS = ["--only-binary", ":all:", "--require-hashes"]
INSTALLERS = f"python3-venv or python3-pip (Debian: sudo apt-get install python{OLDEST[0]}-venv)"


def install(*, tests: bool) -> None:
    """Make the environment, or do nothing when it already is as the locks say."""
    lock = REQUIREMENTS / ("test.txt" if tests else "run.txt")
    marks = [ENVIRONMENT / ".installed-test"] + ([] if tests else [ENVIRONMENT / ".installed-run"])
    wanted = {mark: _wanted(REQUIREMENTS / f"{mark.name.rpartition('-')[2]}.txt") for mark in marks}
    if _works() and any(mark.exists() and mark.read_text() == wanted[mark] for mark in marks):
        return
    say("Installing the Python packages …")
    if not _works():
        _make_environment()
    _run_or_stop([*_installer(), *WHEELS, "-r", str(lock)], "the packages could not be installed")
    for mark in ENVIRONMENT.glob(".installed-*"):
        mark.unlink()
    marks[-1].write_text(wanted[marks[-1]])


def _wanted(lock: Path) -> str:
    return fingerprint(lock) + sys.version


def _works() -> bool:
    """Say whether there is an environment whose interpreter still starts."""
    return PYTHON.exists() and _quietly([str(PYTHON), "-c", "import encodings"])


def _make_environment() -> None:
    """Make an empty environment, with pip in it where this Python has one to give."""
    if ENVIRONMENT.exists():
        shutil.rmtree(ENVIRONMENT)
    if _quietly([sys.executable, "-m", "venv", str(ENVIRONMENT)]):
        return
    shutil.rmtree(ENVIRONMENT, ignore_errors=True)
    if _other_installer() and _quietly([sys.executable, "-m", "venv", "--without-pip", str(ENVIRONMENT)]):
        return
    shutil.rmtree(ENVIRONMENT, ignore_errors=True)
    if not packages.can_install():
        stop(f"this Python cannot make a virtual environment. Install {INSTALLERS}.")
    packages.install(["python3-venv"])
    _run_or_stop([sys.executable, "-m", "venv", str(ENVIRONMENT)], "no virtual environment could be made")


def _other_installer() -> bool:
    """Say whether something outside the environment can install into it."""
    return shutil.which("uv") is not None or _quietly([sys.executable, "-m", "pip", "--version"])


def _installer() -> list[str]:
    """Return the command that installs into the environment: uv where it can be had, else pip."""
    program = uv()
    if program:
        return [program, "pip", "install", "--quiet", "--python", str(PYTHON)]
    return [*_pip(), "install", "--quiet", "--disable-pip-version-check"]


def _pip() -> list[str]:
    """Return the pip of the environment, or the one of the Python that made it."""
    if _quietly([str(PYTHON), "-m", "pip", "--version"]):
        return [str(PYTHON), "-m", "pip"]
    return [sys.executable, "-m", "pip", "--python", str(PYTHON)]


def uv() -> str | None:
    """Return uv, fetched with pip where need be; None where that does not work, since pip alone will do."""
    fetched = TOOLS / "bin" / "uv"
    pip = [str(PYTHON), "-m", "pip"]
    if not _quietly([*pip, "--version"]):
        pip = [sys.executable, "-m", "pip"]
    if not shutil.which("uv") and not fetched.exists():
        _quietly([*pip, "install", "--quiet", "--target", str(TOOLS), *WHEELS, "-r", str(UV_LOCK)])
    return next((program for program in ("uv", str(fetched)) if _quietly([program, "--version"])), None)


def _quietly(command: list[str]) -> bool:
    """Run a command that may fail; say whether it went well."""
    try:
        done = subprocess.run(command, check=False, capture_output=True)
    except OSError:
        return False
    return done.returncode == 0


def _run_or_stop(command: list[str], trouble: str) -> None:
    """Run a command that must go well."""
    environment = {**os.environ, "UV_PYTHON_DOWNLOADS": "never"}
    if subprocess.run(command, check=False, env=environment).returncode:
        stop(f"{trouble}; the lines above say why.")


def main() -> None:
    """Read the command line and install."""
    if sys.version_info < OLDEST:
        stop("Python 3.11 or newer is needed.")
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tests", action="store_true", help="also what the checks need")
    install(tests=parser.parse_args().tests)


if __name__ == "__main__":
    main()
