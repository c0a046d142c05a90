"""Imports what participants have in the sister survey (NBK) from an xlsx or csv file."""

from typing import ClassVar

from participants.imports.commands import ImportCommand


class Command(ImportCommand):
    """All rows of the file, or none."""

    help = "Import a season's results of the sister survey (NBK) from an xlsx or csv file: all rows, or none."
    kind_code: ClassVar = "sister_results"
