"""Locks what pyproject.toml asks for to exact versions and their hashes, with no address in them."""

from __future__ import annotations

import argparse
import os
import subprocess

from scripts import bootstrap
from scripts.place import ROOT, stop

OPTIONS = ["--python-version", "3.11", "--generate-hashes", "--no-emit-index-url", "--no-header", "--no-annotate", "-q"]
RUN = "requirements/run.txt"
TEST = "requirements/test.txt"


def lock(*, upgrade: bool) -> None:
    """Write both requirement files anew; versions stay as they are unless they must or shall change."""
    uv = bootstrap.uv()
    if uv is None:
        stop("uv is needed for this and could not be fetched.")
    newest = ["--upgrade"] if upgrade else []
    for arguments in (["-o", RUN], ["--extra", "test", "-c", RUN, "-o", TEST]):
        command = [uv, "pip", "compile", "pyproject.toml", *OPTIONS, *newest, *arguments]
        environment = {**os.environ, "UV_PYTHON_DOWNLOADS": "never"}
        subprocess.run(command, cwd=ROOT, check=True, env=environment)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--upgrade", action="store_true", help="take the newest versions that fit")
    lock(upgrade=parser.parse_args().upgrade)
