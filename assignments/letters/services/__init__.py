"""Every change to letters, and what observers ask for themselves."""

from assignments.letters.services.asking import (
    WeekNotPossible,
    change_own_week,
    report_relation,
)
from assignments.letters.services.expiring import expire_offers, note_offers_that_soon_lapse, prolong_offers
from assignments.letters.services.sending import (
    drop_letter,
    hold_letter,
    let_letter_go,
    send_due_letters,
    send_letter,
    send_letters,
)
from assignments.letters.services.telling import forget_open_letters, remind, tell

__all__ = [
    "WeekNotPossible",
    "change_own_week",
    "drop_letter",
    "expire_offers",
    "forget_open_letters",
    "hold_letter",
    "let_letter_go",
    "note_offers_that_soon_lapse",
    "prolong_offers",
    "remind",
    "report_relation",
    "send_due_letters",
    "send_letter",
    "send_letters",
    "tell",
]
