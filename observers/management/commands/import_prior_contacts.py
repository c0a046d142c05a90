"""Imports who contacted whom before, in any project from an xlsx or csv file."""

from typing import ClassVar

from participants.imports.commands import ImportCommand


class Command(ImportCommand):
    """All rows of the file, or none."""

    help = "Import who contacted whom before, in any project from an xlsx or csv file: all rows, or none."
    kind_code: ClassVar = "prior_contacts"
