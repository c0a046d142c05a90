"""Programs that do not come from Python's registry, and how to get them on Debian."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from scripts.place import say, stop

BROWSER = Path("/usr/bin/chromium")
FONTS = Path("/usr/share/fonts/truetype/dejavu")


def missing_for_services() -> list[str]:
    """Return the packages to install before the private database and broker can start."""
    needs = {
        "postgresql": postgres_folder() is not None,
        "redis-server": shutil.which("redis-server") is not None,
    }
    return [package for package, is_there in needs.items() if not is_there]


def missing_for_tests() -> list[str]:
    """Return the packages to install before every check can run."""
    needs = {
        "chromium": BROWSER.exists(),
        "fonts-dejavu-core": FONTS.exists(),
        "gettext": shutil.which("xgettext") is not None,
    }
    return missing_for_services() + [name for name, is_there in needs.items() if not is_there]


def postgres_folder() -> Path | None:
    """Return where the newest PostgreSQL of this machine keeps its programs."""
    debian = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"),
        key=lambda path: int(path.parts[-3]) if path.parts[-3].isdigit() else 0,
    )
    if debian:
        return debian[-1].parent
    found = shutil.which("initdb")
    return Path(found).resolve().parent if found else None


def install(names: list[str]) -> None:
    """Install Debian packages, or stop with one line that names them."""
    if not names:
        return
    if not can_install():
        stop(f"install these first: {' '.join(names)} (Debian: sudo apt-get install {' '.join(names)})")
    say(f"Installing {', '.join(names)} …")
    if not _apt_install(names):
        stop(f"these could not be installed: {' '.join(names)}. Install them by hand and try again.")


def can_install() -> bool:
    """Say whether this person may install packages on this machine."""
    return os.geteuid() == 0 and shutil.which("apt-get") is not None


def _apt_install(names: list[str]) -> bool:
    base = ["apt-get", "-o", "DPkg::Lock::Timeout=600", "-qq"]
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run([*base, "update"], check=False, env=quiet, stdout=subprocess.DEVNULL)
    done = subprocess.run(
        [*base, "install", "-y", "--no-install-recommends", *names],
        check=False,
        env=quiet,
        stdout=subprocess.DEVNULL,
    )
    return done.returncode == 0
