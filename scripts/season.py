"""A whole season without a browser, in an embedded database of its own."""

from __future__ import annotations

import argparse
import shutil

from scripts import bootstrap, django
from scripts.place import VAR

FOLDER = VAR / "season"


def play() -> None:
    """Play the season from lists to awards on an empty database; print results and times."""
    bootstrap.install(tests=False)
    shutil.rmtree(FOLDER, ignore_errors=True)
    environment = django.embedded(FOLDER)
    django.prepare(FOLDER, environment=environment)
    django.manage("play_season", environment=environment)


if __name__ == "__main__":
    argparse.ArgumentParser(description=__doc__).parse_args()
    play()
