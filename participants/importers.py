"""Lists of participants as files: which columns they have and what their cells may hold."""

from typing import Final

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop
from stdnum.no import orgnr

from ksp.lib.sheets.columns import CheckedRow, Column, ListResource
from ksp.lib.sheets.widgets import (
    YES_AND_NO,
    AddressCell,
    CodeCell,
    EmailCell,
    PhoneCell,
    TextCell,
    UrlCell,
    WordCell,
    YesNoCell,
    folded,
)
from participants.models import Package

ORGANISATION_NUMBER: Final = 9
PACKAGE_WORDS: Final = {
    "ingen": Package.NONE.value,
    "enkel": Package.SIMPLE.value,
    "konkurrent": Package.COMPETITOR.value,
    "none": Package.NONE.value,
    "simple": Package.SIMPLE.value,
    "competitor": Package.COMPETITOR.value,
}
ON_WEBSITE: Final = ("contact_form", "chat")
NO_ADDRESS: Final = gettext_noop("Write the address of the page where it is found.")


class ParticipantList(ListResource):
    """The participants of a season, with their classes and how they are contacted."""

    participant = Column(
        "deltaker",
        CodeCell(40),
        label=_("Participant"),
        about=_("A lasting id, such as the organisation number. It recognises the participant from year to year."),
        required=True,
    )
    name = Column("navn", TextCell(200), label=_("Name"), about=_("The name in the result list."), required=True)
    award_class = Column(
        "klasse",
        TextCell(120),
        label=_("Class"),
        about=_("The class the participant competes in. A name that is not there yet becomes a new class."),
        required=True,
    )
    public_body = Column("offentlig", YesNoCell(), label=_("Public body"), about=_("ja or nei. Empty means nei."))
    website = Column("nettside", UrlCell(300), label=_("Website"), about=_("Such as https://www.company.no."))
    phone = Column("telefon", PhoneCell(40), label=_("Phone"), about=_("The number of the customer-service centre."))
    email = Column("e-post", EmailCell(254), label=_("E-mail"), about=_("The address of the customer-service centre."))
    contact_form = Column(
        "kontaktskjema",
        AddressCell(300),
        label=_("Contact form"),
        about=_("The page with the form. Used when there is no e-mail address."),
    )
    chat = Column("chat", AddressCell(300), label=_("Chat"), about=_("The page where the chat opens."))
    messenger = Column(
        "messenger",
        AddressCell(300),
        label=_("Messenger"),
        about=_("The page or name on Messenger. Used when there is no chat."),
    )
    contact_name = Column(
        "kontaktperson", TextCell(150), label=_("Contact person"), about=_("Whom the organiser talks to.")
    )
    contact_email = Column(
        "kontakt e-post", EmailCell(254), label=_("Contact e-mail"), about=_("The contact person’s address.")
    )
    package = Column(
        "pakke",
        WordCell(PACKAGE_WORDS, dict(Package.choices), blank=Package.NONE.value),
        label=_("Package"),
        about=_("ingen, enkel or konkurrent. Empty means ingen."),
    )

    def finish(self, row: CheckedRow) -> None:
        """Read «ja» and «nei» where an address is wanted, and look at the organisation number."""
        for column in ("contact_form", "chat", "messenger"):
            if column in row.values:
                self._settle_address(row, column)
        self._look_at_number(row)

    def _settle_address(self, row: CheckedRow, column: str) -> None:
        answer = YES_AND_NO.get(folded(row.values[column]))
        website = row.values.get("website", "")
        if answer is False:
            row.values[column] = ""
        elif answer and column in ON_WEBSITE and website:
            row.values[column] = website
        elif answer:
            row.refuse(NO_ADDRESS, column)

    def _look_at_number(self, row: CheckedRow) -> None:
        code = row.values["participant"]
        if len(code) == ORGANISATION_NUMBER and code.isdecimal() and not orgnr.is_valid(code):
            row.warn(
                gettext_noop("“%(value)s” is not a valid organisation number. Check that no digit is wrong."),
                "participant",
                value=code,
            )
