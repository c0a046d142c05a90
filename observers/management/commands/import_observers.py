"""Imports observers with profile, methods and weekly capacity from an xlsx or csv file."""

from typing import ClassVar

from participants.imports.commands import ImportCommand


class Command(ImportCommand):
    """All rows of the file, or none."""

    help = "Import observers with profile, methods and weekly capacity from an xlsx or csv file: all rows, or none."
    kind_code: ClassVar = "observers"
