"""Imports who is a customer of, or registered with, whom from an xlsx or csv file."""

from typing import ClassVar

from participants.imports.commands import ImportCommand


class Command(ImportCommand):
    """All rows of the file, or none."""

    help = "Import who is a customer of, or registered with, whom from an xlsx or csv file: all rows, or none."
    kind_code: ClassVar = "customer_relations"
