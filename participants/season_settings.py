"""What a season decides for itself, with the defaults of the award."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any, Self

DEFAULT_WEIGHTS = {"phone": 10, "email": 8, "chat": 7, "messenger": 7}
DEFAULT_TIES = ("answered_score", "agent")
DEFAULT_GRADE_WEIGHTS = {"content": 40, "instructions": 30, "language": 15, "punctuality": 15}

# Contacts are made and timed by these: they stay as they were when the season opened.
FIXED_BY_OPENING = frozenset(
    {
        "contacts_per_participant",
        "method_weights",
        "most_methods",
        "phone_limit",
        "chat_limit",
        "messenger_limit",
        "email_limit",
        "email_latest_hour",
    }
)


@dataclass(frozen=True)
class SeasonSettings:
    """The rules that no source fixes, so that each season may choose.

    ``mean`` is ``contacts`` (mean of the contacts' scores) or ``pooled`` (points over possible points);
    ``areas_over_all`` are the areas whose score counts an unanswered contact as 0; ``ties`` decide between equal
    totals, in this order; ``best_on`` are the methods with an award; ``intervals_for`` and ``probabilities_for`` say
    who sees how certain a result is: ``managers``, ``participants`` or ``public``, each with those before it;
    ``employees_informed`` is ``warn`` or ``block``; limits are in seconds, but working days for e-mail. Observers
    apply up to ``applications_until`` (2021-10-31), or to the season's last day. ``closed_on``
    are days (2021-12-24) without contacts beside weekends and holidays; a week with fewer than ``least_working_days``
    gets no contacts. ``plan_weights`` are what a plan weighs, over its defaults; an offer stands ``offer_days``; an
    observer may move a contact ``week_change_limit`` weeks; a letter waits ``letters_wait_minutes`` for more news.
    """

    contacts_per_participant: int = 25
    method_weights: dict[str, int] = field(default_factory=lambda: dict(DEFAULT_WEIGHTS))
    most_methods: int = 3
    phone_limit: int = 300
    chat_limit: int = 300
    messenger_limit: int = 1800
    email_limit: int = 3
    email_latest_hour: int = 12
    least_observer_score: int = 60
    new_observer_score: int = 70
    graded_reports: int = 20
    grade_weights: dict[str, int] = field(default_factory=lambda: dict(DEFAULT_GRADE_WEIGHTS))
    review_working_days: int = 3
    least_comment_length: int = 20
    advised_comment_length: int = 200
    mean: str = "contacts"
    least_contacts_ranked: int = 20
    least_contacts_method: int = 5
    least_class_size: int = 3
    areas_over_all: list[str] = field(default_factory=list)
    ties: list[str] = field(default_factory=lambda: list(DEFAULT_TIES))
    best_on: list[str] = field(default_factory=lambda: list(DEFAULT_WEIGHTS))
    intervals_for: str = "participants"
    probabilities_for: str = "public"
    employees_informed: str = "warn"
    retention_months: int = 24
    applications_until: str = ""
    closed_on: list[str] = field(default_factory=list)
    least_working_days: int = 3
    plan_weights: dict[str, float] = field(default_factory=dict)
    offer_days: int = 6
    week_change_limit: int = 1
    letters_wait_minutes: int = 30

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> Self:
        """Return the stored settings over the defaults; unknown names are left out."""
        known = {item.name for item in fields(cls)}
        return cls(**{name: value for name, value in stored.items() if name in known})

    def to_dict(self) -> dict[str, Any]:
        """Return all settings as plain values."""
        return asdict(self)
