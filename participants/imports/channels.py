"""How the addresses of a list become contact channels, and back."""

from collections.abc import Iterable, Mapping
from typing import Final

from participants.distribution import choose_methods
from participants.models import ChannelKind, ContactMethod
from participants.season_settings import SeasonSettings

# The columns with addresses, by the method they serve; the first one filled in is used.
ADDRESSES: Final = {
    ContactMethod.PHONE.value: (ChannelKind.PHONE.value,),
    ContactMethod.EMAIL.value: (ChannelKind.EMAIL.value, ChannelKind.CONTACT_FORM.value),
    ContactMethod.CHAT.value: (ChannelKind.CHAT.value,),
    ContactMethod.MESSENGER.value: (ChannelKind.MESSENGER.value,),
}
COLUMNS: Final = tuple(column for columns in ADDRESSES.values() for column in columns)


def used_columns(values: Mapping[str, str], settings: SeasonSettings) -> dict[str, str]:
    """Return for each method that will be used the column with its address."""
    filled = {}
    for method, columns in ADDRESSES.items():
        column = next((one for one in columns if values[one]), "")
        if column:
            filled[method] = column
    return {method: filled[method] for method in choose_methods(list(filled), most=settings.most_methods)}


def unused_addresses(values: Mapping[str, str], settings: SeasonSettings) -> dict[str, str]:
    """Return the addresses that are known and not used."""
    used = set(used_columns(values, settings).values())
    return {column: values[column] for column in COLUMNS if values[column] and column not in used}


def written_addresses(used: Iterable[tuple[str, str]], unused: Mapping[str, str]) -> dict[str, str]:
    """Return the addresses by column, as a list has them; ``used`` are kinds and addresses of channels."""
    return {**dict.fromkeys(COLUMNS, ""), **unused, **dict(used)}
