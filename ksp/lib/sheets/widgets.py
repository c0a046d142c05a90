"""What the cells of a list may hold: each widget turns a cell's text into a value, and a value into words."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator, URLValidator
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from import_export.widgets import Widget

from ksp.lib import formatting
from ksp.lib.sheets.problems import CellRefused, closest
from ksp.lib.weeks import IsoWeek

Words = Mapping[str, Any]
# Marks that change how a text is shown and cannot be seen themselves.
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)
_PHONE = re.compile(r"\+?[0-9][0-9 ()./-]*")
_LEAST_DIGITS: Final = 3
_MOST_DIGITS: Final = 15
_DAY = re.compile(r"([0-9]{1,2})\.([0-9]{1,2})\.([0-9]{4})")
YES_AND_NO: Final[Words] = {
    "ja": True,
    "yes": True,
    "true": True,
    "sann": True,
    "1": True,
    "x": True,
    "nei": False,
    "no": False,
    "false": False,
    "usann": False,
    "0": False,
}

_check_email = EmailValidator()
_check_url = URLValidator(schemes=["http", "https"])


def folded(word: str) -> str:
    """Return a heading or a code word without what does not count: case, spaces, hyphens, underscores."""
    return re.sub(r"[\s_\-\u2010-\u2015]+", "", unicodedata.normalize("NFC", word)).casefold()


def tidied(text: str) -> str:
    """Return the text on one line, as it looks: without invisible marks and spaces to spare."""
    if text.isascii():
        return " ".join(text.split())
    return " ".join(_INVISIBLE.sub("", unicodedata.normalize("NFC", text)).split())


class TextCell(Widget):
    """A text on one line."""

    def __init__(self, most: int) -> None:
        super().__init__()
        self.most = most

    def clean(self, value: str, row: Any = None, **kwargs: Any) -> Any:
        """Return the tidied text; more than there is room for is refused."""
        text = tidied(value)
        if len(text) > self.most:
            raise CellRefused(
                gettext_noop("The text has %(count)s characters. Use %(most)s at most."),
                count=len(text),
                most=self.most,
            )
        return text

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        """Return the value in words."""
        return "" if value is None else str(value)


class CodeCell(TextCell):
    """A lasting id; the groups that people write a number in do not count."""

    def clean(self, value: str, row: Any = None, **kwargs: Any) -> str:
        """Return the id."""
        text: str = super().clean(value)
        joined = text.replace(" ", "")
        return joined if joined.isascii() and joined.isdecimal() else text


class EmailCell(TextCell):
    """An e-mail address."""

    def clean(self, value: str, row: Any = None, **kwargs: Any) -> str:
        """Return the address."""
        text: str = super().clean(value)
        try:
            if text:
                _check_email(text)
        except ValidationError:
            raise CellRefused(
                gettext_noop("“%(value)s” is not an e-mail address. Write it like name@company.no."), value=text
            ) from None
        return text


class PhoneCell(TextCell):
    """A phone number, as people write it."""

    def clean(self, value: str, row: Any = None, **kwargs: Any) -> str:
        """Return the number as written."""
        text: str = super().clean(value)
        digits = sum(character.isdecimal() for character in text)
        if text and not (_PHONE.fullmatch(text) and _LEAST_DIGITS <= digits <= _MOST_DIGITS):
            raise CellRefused(
                gettext_noop("“%(value)s” is not a phone number. Write it like 21 49 00 00 or +47 21 49 00 00."),
                value=text,
            )
        return text


class UrlCell(TextCell):
    """The address of a web page."""

    def clean(self, value: str, row: Any = None, **kwargs: Any) -> str:
        """Return the address with its scheme."""
        text: str = super().clean(value)
        if not text:
            return ""
        address = text if _SCHEME.match(text) else f"https://{text}"
        try:
            _check_url(address)
        except ValidationError:
            raise CellRefused(
                gettext_noop("“%(value)s” is not a web address. Write it like https://www.company.no."), value=text
            ) from None
        return address


class AddressCell(UrlCell):
    """Where a chat or a form is found: a web address, or the name by which it is found."""

    def clean(self, value: str, row: Any = None, **kwargs: Any) -> str:
        """Return the address; names are kept, schemes other than those of the web are refused."""
        text: str = TextCell.clean(self, value)
        return super().clean(text) if _SCHEME.match(text) or text.startswith("www.") else text


class WordCell(Widget):
    """One of a few words, each of which stands for a value."""

    def __init__(self, words: Words, labels: Mapping[Any, str | Promise], *, blank: Any = "") -> None:
        super().__init__()
        self.words = {folded(word): value for word, value in words.items()}
        self.shown = list(words)
        self.labels = labels
        self.blank = blank

    def clean(self, value: str, row: Any = None, **kwargs: Any) -> Any:
        """Return what the word stands for."""
        text = tidied(value)
        return self.meaning(text) if text else self.blank

    def meaning(self, text: str) -> Any:
        """Return what one word stands for, or say which words there are."""
        word = folded(text)
        if word in self.words:
            return self.words[word]
        meant = closest(text, self.shown)
        if meant:
            message = gettext_noop("“%(value)s” is not one of the choices. Did you mean “%(suggestion)s”?")
            raise CellRefused(message, value=text, suggestion=meant)
        message = gettext_noop("“%(value)s” is not one of the choices. Write one of: %(known)s.")
        raise CellRefused(message, value=text, known=", ".join(self.shown))

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        """Return the value in words."""
        return str(self.labels.get(value, ""))


class YesNoCell(WordCell):
    """Yes or no; an empty cell is no."""

    def __init__(self) -> None:
        super().__init__(YES_AND_NO, {}, blank=False)
        self.shown = ["ja", "nei"]

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        """Return the value in words."""
        return _("yes") if value else _("no")


class WordsCell(WordCell):
    """Several of a few words, with commas, semicolons, slashes or spaces between."""

    def clean(self, value: str, row: Any = None, **kwargs: Any) -> list[Any]:
        """Return what the words stand for, each once, in the order of the choices."""
        parts = [part for part in re.split(r"[,;/+&|\s]+", tidied(value)) if part and folded(part) not in {"og", "and"}]
        found = {self.meaning(part) for part in parts}
        return [value for value in self.labels if value in found]

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        """Return the values in words."""
        return ", ".join(str(self.labels[one]) for one in value or ())


class NumberCell(Widget):
    """A number between two others; an empty cell is none."""

    def __init__(self, low: int, high: int, *, decimals: bool = False) -> None:
        super().__init__()
        self.low, self.high, self.decimals = low, high, decimals

    def clean(self, value: str, row: Any = None, **kwargs: Any) -> int | float | None:
        """Return the number."""
        text = tidied(value)
        if not text:
            return None
        try:
            number = float(text.replace(" ", "").replace(",", "."))
        except ValueError:
            number = float("nan")
        is_right = self.low <= number <= self.high and (self.decimals or number.is_integer())
        if not is_right:
            raise CellRefused(
                gettext_noop("“%(value)s” is not a number from %(low)s to %(high)s."),
                value=text,
                low=self.low,
                high=self.high,
            )
        return number if self.decimals else int(number)

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        """Return the number as the reader's language writes it; years have no separators."""
        if value is None:
            return ""
        return formatting.plain(value) if self.decimals else str(value)


class DateCell(Widget):
    """A day; an empty cell is none. It is kept as ISO 8601 writes it."""

    def clean(self, value: str, row: Any = None, **kwargs: Any) -> str | None:
        """Return the day."""
        text = tidied(value)
        if not text:
            return None
        try:
            return _day(text).isoformat()
        except ValueError:
            raise CellRefused(
                gettext_noop("“%(value)s” is not a date. Write it like 24.12.2021."), value=text
            ) from None

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        """Return the day as the reader's language writes it."""
        return formatting.short_date(date.fromisoformat(value)) if value else ""


def _day(text: str) -> date:
    written = _DAY.fullmatch(text)
    if written:
        return date(int(written[3]), int(written[2]), int(written[1]))
    return datetime.fromisoformat(text).date()


class WeeksCell(Widget):
    """ISO weeks with spaces between."""

    def clean(self, value: str, row: Any = None, **kwargs: Any) -> list[str]:
        """Return the weeks, each once, in order."""
        found = set()
        for part in re.split(r"[,;\s]+", tidied(value)):
            try:
                found |= {str(IsoWeek.parse(part.upper()))} if part else set()
            except ValueError:
                raise CellRefused(
                    gettext_noop("“%(value)s” is not a week. Write it like 2021-W48."), value=part
                ) from None
        return sorted(found)

    def render(self, value: Sequence[str] | None, obj: Any = None, **kwargs: Any) -> str:
        """Return the weeks as they are written in lists."""
        return " ".join(value or ())
