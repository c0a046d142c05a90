"""How a season's answers are laid out in files."""

from typing import Final

COLUMNS: Final[dict[str, tuple[str, ...]]] = {
    "enrolments.csv": ("participant", "name", "award_class", "planned_contacts", "package"),
    "questions.csv": ("question", "area", "kind", "methods", "position", "text_nb", "text_en"),
    "options.csv": ("question", "option", "label_nb", "label_en", "points", "not_applicable", "value"),
    "contacts.csv": (
        "contact",
        "participant",
        "method",
        "week",
        "observer",
        "role_play",
        "state",
        "answered",
        "submitted_at",
        "approved_at",
    ),
    "attempts.csv": ("contact", "number", "started_at", "answered_at", "outcome"),
    "answers.csv": ("contact", "question", "option"),
    "comments.csv": ("contact", "question", "text"),
}
WRITTEN = {True: "true", False: "false", None: ""}
