"""Runs the project's own commands, on the data folder and the database that the caller names."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

from scripts.place import ENVIRONMENT, PYTHON, ROOT, fingerprint, stop

if TYPE_CHECKING:
    from pathlib import Path

# The database's tables, the compiled texts and the collected files are made from these.
MADE_FROM = ("requirements/run.txt", "ksp/settings.py", "ksp/static", "locale/nb/LC_MESSAGES/django.po")
BELONGS_ELSEWHERE = ("DATABASE_URL", "REDIS_URL", "DEBUG", "DJANGO_SETTINGS_MODULE", "STATIC_ROOT")


def embedded(folder: Path) -> dict[str, str]:
    """Return the variables of a site that keeps everything in one folder."""
    inherited = {name: value for name, value in os.environ.items() if name not in BELONGS_ELSEWHERE}
    return inherited | {"KSP_DEMO": "1", "KSP_DATA_DIR": str(folder)}


def manage(*command: str, environment: dict[str, str], quiet: bool = False) -> None:
    """Run a management command, or stop where it fails."""
    done = subprocess.run(
        [str(PYTHON), "manage.py", *command],
        cwd=ROOT,
        check=False,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL if quiet else None,
    )
    if done.returncode:
        stop(f"“manage.py {command[0]}” failed; the lines above say why.")


def prepare(folder: Path, *, environment: dict[str, str]) -> None:
    """Bring the tables, texts and files of a folder's site up to date, unless they are."""
    mark = folder / "prepared"
    wanted = fingerprint(*(ROOT / name for name in MADE_FROM), *ROOT.glob("*/migrations"), *ROOT.glob("*/*/migrations"))
    compiled = (ROOT / MADE_FROM[-1]).with_suffix(".mo")
    if compiled.exists() and mark.exists() and mark.read_text() == wanted:
        return
    folder.mkdir(parents=True, exist_ok=True)
    subprocess.run([str(PYTHON), "scripts/translations.py", "compile"], cwd=ROOT, check=True)
    manage("migrate", "--verbosity", "0", environment=environment)
    manage("collectstatic", "--no-input", "--verbosity", "0", environment=environment)
    mark.write_text(wanted)


def server(port: int, *, environment: dict[str, str]) -> subprocess.Popen[bytes]:
    """Start the site with its worker as one process, reachable from this machine alone."""
    options = ["--bind", f"127.0.0.1:{port}", "--workers", "1", "--threads", "4", "--worker-class", "gthread"]
    quiet = ["--log-level", "warning", "--timeout", "120", "--graceful-timeout", "5", "--no-control-socket"]
    return subprocess.Popen(
        [str(ENVIRONMENT / "bin" / "gunicorn"), *options, *quiet, "ksp.wsgi:application"],
        cwd=ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
    )
