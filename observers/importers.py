"""Lists of observers and of their conflicts of interest as files: which columns, and what cells may hold."""

from typing import Final

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from ksp.lib.sheets.columns import CheckedRow, Column, ListResource
from ksp.lib.sheets.widgets import (
    CodeCell,
    DateCell,
    EmailCell,
    NumberCell,
    TextCell,
    WeeksCell,
    WordCell,
    WordsCell,
)
from observers.models import Gender
from participants.models import ContactMethod

METHOD_WORDS: Final = {
    "telefon": ContactMethod.PHONE.value,
    "e-post": ContactMethod.EMAIL.value,
    "chat": ContactMethod.CHAT.value,
    "messenger": ContactMethod.MESSENGER.value,
    "phone": ContactMethod.PHONE.value,
    "email": ContactMethod.EMAIL.value,
}
GENDER_WORDS: Final = {
    "kvinne": Gender.WOMAN.value,
    "mann": Gender.MAN.value,
    "annet": Gender.OTHER.value,
    "woman": Gender.WOMAN.value,
    "man": Gender.MAN.value,
    "other": Gender.OTHER.value,
    "female": Gender.WOMAN.value,
    "male": Gender.MAN.value,
}
CUSTOMER: Final = "customer"
_KIND_WORDS: Final = {"kunde": CUSTOMER, "customer": CUSTOMER}


class ObserverList(ListResource):
    """Observers with their profiles."""

    observer = Column(
        "observatør",
        CodeCell(60),
        label=_("Observer"),
        about=_("A lasting id. It recognises the observer from year to year."),
        required=True,
    )
    first_name = Column("fornavn", TextCell(80), label=_("First name"), required=True)
    last_name = Column("etternavn", TextCell(80), label=_("Last name"), required=True)
    email = Column("e-post", EmailCell(254), label=_("E-mail"), about=_("The address that the observer signs in with."))
    birth_year = Column("fødselsår", NumberCell(1900, 2100), label=_("Year of birth"), about=_("Such as 1984."))
    gender = Column(
        "kjønn", WordCell(GENDER_WORDS, dict(Gender.choices)), label=_("Gender"), about=_("kvinne, mann or annet.")
    )
    county = Column("fylke", TextCell(40), label=_("County"))
    methods = Column(
        "kontaktmåter",
        WordsCell(METHOD_WORDS, dict(ContactMethod.choices)),
        label=_("Contact methods"),
        about=_("telefon, e-post, chat, messenger; with spaces or commas between."),
        required=True,
    )
    weekly_capacity = Column(
        "ukekapasitet",
        NumberCell(0, 100),
        label=_("Contacts a week"),
        about=_("At most so many contacts a week. Empty means 4."),
    )
    season_capacity = Column(
        "sesongkapasitet",
        NumberCell(0, 1000),
        label=_("Contacts a season"),
        about=_("At most so many contacts a season. Empty means no limit."),
    )
    available_from = Column(
        "tilgjengelig fra", DateCell(), label=_("Available from"), about=_("Such as 29.11.2021. Empty means always.")
    )
    available_to = Column("tilgjengelig til", DateCell(), label=_("Available to"), about=_("Such as 31.3.2022."))
    weeks = Column(
        "uker",
        WeeksCell(),
        label=_("Available weeks"),
        about=_("Such as 2021-W48 2021-W50, if the observer can only work in some weeks."),
    )
    score = Column(
        "score",
        NumberCell(0, 100, decimals=True),
        label=_("Score"),
        about=_("From 0 to 100, from an earlier system. Empty for new observers."),
    )

    def finish(self, row: CheckedRow) -> None:
        """Check that the period ends after it begins."""
        first, last = row.values.get("available_from"), row.values.get("available_to")
        if first and last and last < first:
            row.refuse(gettext_noop("The period ends before it begins. Check both dates."), "available_to")
        if "weekly_capacity" in row.values and row.values["weekly_capacity"] is None:
            del row.values["weekly_capacity"]
        if not row.values.get("email", "-"):
            row.warn(gettext_noop("Without an e-mail address the observer cannot sign in."), "email")


class PriorContactList(ListResource):
    """Which observer has contacted which participant before, in any project."""

    observer = Column("observatør", CodeCell(60), label=_("Observer"), about=_("The observer’s id."), required=True)
    participant = Column(
        "deltaker", CodeCell(40), label=_("Participant"), about=_("The participant’s id."), required=True
    )
    project = Column(
        "prosjekt",
        TextCell(120),
        label=_("Project"),
        about=_("In which survey or project, such as KSP 2019."),
        required=True,
    )
    contacted_on = Column(
        "kontaktet", DateCell(), label=_("Contacted"), about=_("The date, such as 24.12.2019, if it is known.")
    )


class CustomerRelationList(ListResource):
    """Which observer is a customer of which participant, or registered there."""

    observer = Column("observatør", CodeCell(60), label=_("Observer"), about=_("The observer’s id."), required=True)
    participant = Column(
        "deltaker", CodeCell(40), label=_("Participant"), about=_("The participant’s id."), required=True
    )
    kind = Column("type", TextCell(40), label=_("Kind"), about=_("Such as kunde or kundeklubb. Empty means kunde."))

    def finish(self, row: CheckedRow) -> None:
        """Store the common kind under one name, whatever the list calls it."""
        written = row.values.get("kind") or CUSTOMER
        row.values["kind"] = _KIND_WORDS.get(written.casefold(), written)
