"""What stands in a calendar's address: which calendar it is, and a signature that nobody can guess."""

import base64
import binascii
from uuid import UUID

from django.utils.crypto import constant_time_compare, salted_hmac

PURPOSE = "assignments.calendars.address"
NAME_BYTES = 16
SIGNATURE_BYTES = 20
LENGTH = 48


def token_of(public_id: UUID, version: int) -> str:
    """Return the token of a calendar's present address: 160 bits of it follow from the site's secret alone."""
    digest = salted_hmac(PURPOSE, f"{public_id.hex}:{version}", algorithm="sha256").digest()
    return base64.urlsafe_b64encode(public_id.bytes + digest[:SIGNATURE_BYTES]).decode("ascii")


def named_in(token: str) -> UUID | None:
    """Return which calendar the token claims to open; none if it is no token at all."""
    if len(token) != LENGTH:
        return None
    try:
        decoded = base64.b64decode(token.encode("ascii"), altchars=b"-_", validate=True)
    except (UnicodeEncodeError, binascii.Error):
        return None
    return UUID(bytes=decoded[:NAME_BYTES])


def is_token_of(token: str, public_id: UUID, version: int) -> bool:
    """Tell whether the token is the present one, in a time that says nothing about how close it is."""
    return constant_time_compare(token, token_of(public_id, version))
