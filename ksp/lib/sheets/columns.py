"""The columns that a list may have, how its headings are recognised, and how its rows become values."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext
from import_export.fields import Field
from import_export.resources import Resource
from import_export.widgets import Widget

from ksp.lib.errors import DomainError
from ksp.lib.escaping import unescape_cell
from ksp.lib.sheets.problems import CellRefused, Problem, closest
from ksp.lib.sheets.reading import Line, Sheet
from ksp.lib.sheets.table import column_letters
from ksp.lib.sheets.widgets import folded, tidied

EMPTY: Final[tuple[Any, ...]] = ("", None, [])
MISSING_CELL: Final = gettext_noop("The cell is empty. Fill it in.")


class HeadingsRefused(DomainError):
    """The headings are not those of the list; every sentence names one of them and what to do."""

    code: ClassVar[str] = "headings_refused"

    def __init__(self, sentences: Sequence[str]) -> None:
        super().__init__(" ".join([*sentences, _("Nothing has been imported.")]))
        self.sentences = list(sentences)


class Column(Field):
    """One column: its Norwegian heading (the English one is its name), its label in messages, what it may hold."""

    def __init__(
        self,
        norwegian: str,
        widget: Widget,
        *,
        label: str | Promise,
        about: str | Promise = "",
        required: bool = False,
    ) -> None:
        super().__init__(widget=widget)
        self.norwegian = norwegian
        self.label = label
        self.about = about
        self.required = required

    def is_named(self, heading: str) -> bool:
        """Tell whether a heading of a file means this column."""
        return folded(heading) in {folded(self.norwegian), folded(self.column_name)}


@dataclass(slots=True)
class CheckedRow:
    """One row of a list: its values by column, and what is wrong with it."""

    number: int
    values: dict[str, Any]
    problems: list[Problem] = field(default_factory=list)

    @property
    def has_errors(self) -> bool:
        """The row cannot be imported as it is."""
        return any(not problem.is_warning for problem in self.problems)

    @property
    def has_warnings(self) -> bool:
        """Something in the row is worth a look."""
        return any(problem.is_warning for problem in self.problems)

    def refuse(self, text: str, column: str = "", **params: Any) -> None:
        """Note an error."""
        self.problems.append(Problem(text, params, column=column))

    def warn(self, text: str, column: str = "", **params: Any) -> None:
        """Note something that is worth a look, but stops nothing."""
        self.problems.append(Problem(text, params, column=column, is_warning=True))


class ListResource(Resource):
    """A list with its columns."""

    @classmethod
    def columns(cls) -> dict[str, Column]:
        """Return the columns by name, in the order of a template."""
        return {name: column for name, column in cls.fields.items() if isinstance(column, Column)}

    def check(self, sheet: Sheet) -> list[CheckedRow]:
        """Return the rows with their values and what is wrong with each; headings that are wrong are refused."""
        places = self._places(sheet)
        columns = [(name, column, places[name]) for name, column in self.columns().items() if name in places]
        rows = [_checked(line, columns) for line in sheet.lines]
        for row in rows:
            if not row.has_errors:
                self.finish(row)
        return rows

    def finish(self, row: CheckedRow) -> None:
        """Check what concerns several cells of a row."""

    def _places(self, sheet: Sheet) -> dict[str, int]:
        """Return in which place each column stands."""
        places: dict[str, int] = {}
        sentences: list[str] = []
        unknown: list[str] = []
        for position, heading in enumerate(map(tidied, map(unescape_cell, sheet.headings))):
            name = self._named(heading)
            if name and name not in places:
                places[name] = position
            elif name:
                sentences.append(_("The column “%(heading)s” is there twice. Keep one.") % {"heading": heading})
            elif not heading:
                sentences += _without_heading(sheet, position)
            elif meant := self._meant(heading):
                message = _("The column “%(heading)s” is not known. Did you mean “%(suggestion)s”?")
                sentences.append(message % {"heading": heading, "suggestion": meant})
            else:
                unknown.append(heading)
        sentences += _unknown(unknown) + self._missing(places)
        if sentences:
            raise HeadingsRefused(sentences)
        return places

    def _named(self, heading: str) -> str:
        return next((name for name, column in self.columns().items() if column.is_named(heading)), "")

    def _meant(self, heading: str) -> str:
        return closest(heading, [word for name, column in self.columns().items() for word in (column.norwegian, name)])

    def _missing(self, places: Collection[str]) -> list[str]:
        missing = [one.norwegian for name, one in self.columns().items() if one.required and name not in places]
        if not missing:
            return []
        message = ngettext(
            "The column %(names)s is missing. Add it.", "The columns %(names)s are missing. Add them.", len(missing)
        )
        return [message % {"names": _quoted(missing)}]


def _checked(line: Line, columns: Sequence[tuple[str, Column, int]]) -> CheckedRow:
    """Return the values of one row, and what is wrong with its cells."""
    row = CheckedRow(line.number, {})
    for name, column, place in columns:
        try:
            row.values[name] = column.clean({name: unescape_cell(line.cells[place])})
        except CellRefused as refusal:
            row.refuse(refusal.text, name, **refusal.params)
        else:
            if column.required and row.values[name] in EMPTY:
                row.refuse(MISSING_CELL, name)
    return row


def _without_heading(sheet: Sheet, position: int) -> list[str]:
    if not any(line.cells[position].strip() for line in sheet.lines):
        return []
    message = _("Column %(letters)s has no heading. Give it one, or delete it.")
    return [message % {"letters": column_letters(position)}]


def _unknown(headings: Sequence[str]) -> list[str]:
    if not headings:
        return []
    message = ngettext(
        "The column %(names)s is not known. Delete it, or see which columns the list may have.",
        "The columns %(names)s are not known. Delete them, or see which columns the list may have.",
        len(headings),
    )
    return [message % {"names": _quoted(headings)}]


def _quoted(names: Sequence[str]) -> str:
    return ", ".join(_("“%(name)s”") % {"name": name} for name in names)
