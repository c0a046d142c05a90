"""The site on this machine alone, with a season half-way through in its embedded database."""

from __future__ import annotations

import argparse
import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from datetime import UTC, datetime, timedelta
from types import FrameType
from typing import NoReturn

from scripts import bootstrap, django
from scripts.place import VAR, say, stop

FOLDER = VAR / "demo"
BEGUN = FOLDER / "rehearsal-begun"
DONE = FOLDER / "rehearsal-done"
START_SECONDS = 60
STOP_SECONDS = 15
HALF_A_SEASON = timedelta(days=60)
REHEARSAL = {
    "starts-on": "auto",
    "participants": "188",
    "classes": "23",
    "observers": "100",
    "pool": "6000",
    "contacts": "25",
    "seed": "1",
    "progress": "0.5",
}
SIGN_INS = ("admin", "manager", "observer", "participant")


def serve(port: int) -> None:
    """Install, load the season where it is not there yet, and serve until told to stop."""
    _refuse_taken(port)
    bootstrap.install(tests=False)
    _forget_half_a_season()
    environment = django.embedded(FOLDER) | {"PORT": str(port)}
    django.prepare(FOLDER, environment=environment)
    if not DONE.exists():
        _rehearse(environment)
    _serve(port, environment)


def reset() -> None:
    """Forget the season and all that was done in it."""
    if FOLDER.exists():
        shutil.rmtree(FOLDER)
    say("The demo's data is gone. “make demo” makes it anew.")


def _refuse_taken(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            stop(f"port {port} is in use. Choose another one: make demo PORT={port + 1}")


def _forget_half_a_season() -> None:
    """Start over where the season was interrupted while it was made."""
    if BEGUN.exists() and not DONE.exists():
        say("The season was interrupted while it was made; starting over.")
        shutil.rmtree(FOLDER)


def _rehearse(environment: dict[str, str]) -> None:
    """Play the half of a season that ends this week, named for the year of its award, and note that it is all there.

    The season before is there, too, for comparison.
    """
    BEGUN.touch()
    named = {"season": f"KSP{datetime.now(tz=UTC) + HALF_A_SEASON:%y}", **REHEARSAL}
    options = [f"--{name}={value}" for name, value in named.items()]
    django.manage("rehearse", *options, "--with-previous", environment=environment)
    BEGUN.rename(DONE)


def _serve(port: int, environment: dict[str, str]) -> None:
    process = django.server(port, environment=environment)
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        _wait_until_served(port, process)
        _welcome(port)
        status = process.wait()
    except KeyboardInterrupt:
        status = 0
    finally:
        _end(process)
    sys.exit(status)


def _interrupt(_number: int, _frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt


def _wait_until_served(port: int, process: subprocess.Popen[bytes]) -> None:
    """Return once the site answers."""
    deadline = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        with contextlib.suppress(OSError), urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz/live", timeout=5):
            return
        time.sleep(0.1)
    stop("the site did not start; the lines above say why.")


def _end(process: subprocess.Popen[bytes]) -> None:
    """End the site, and wait until it has."""
    if process.poll() is None:
        process.terminate()
    try:
        process.wait(timeout=STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _welcome(port: int) -> None:
    """Print the address and the sign-ins."""
    lines = ["", f"Kundeserviceprisen: http://127.0.0.1:{port}", "", "Sign in with the password “demo” as"]
    lines += [f"  {name}@ksp.example" for name in SIGN_INS]
    print("\n".join([*lines, "", "Ctrl-C stops the site; “make demo-reset” forgets what was done in it."]), flush=True)


def main() -> None:
    """Serve, or reset."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("command", choices=["serve", "reset"])
    if parser.parse_args().command == "reset":
        reset()
        return
    port = os.environ.get("PORT", "8000")
    if not port.isascii() or not port.isdigit() or not 0 < int(port) < 2**16:
        stop(f"PORT is malformed: {port}")
    try:
        serve(int(port))
    except KeyboardInterrupt:
        stop("interrupted.")


if __name__ == "__main__":
    main()
