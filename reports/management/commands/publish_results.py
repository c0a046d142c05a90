"""Publishes a season's results and freezes them."""

from typing import Any

from django.utils.translation import gettext as _

from participants.commands import SeasonCommand
from reports.services import publish_results


class Command(SeasonCommand):
    """The same as the button on the season's page."""

    help = "Publish a closed season: its results are frozen as version 1, with a fingerprint."

    def run(self, **options: Any) -> dict[str, Any]:
        """Publish, and return what was frozen."""
        person = self.person(options)
        publication = publish_results(self.season(options, person=person).pk, by=person)
        return {
            "season": publication.season.code,
            "version": publication.version,
            "published_at": publication.published_at.isoformat(),
            "participants": len(publication.results["participants"]),
            "awards": len(publication.results["awards"]),
            "fingerprint": publication.fingerprint,
            "answers_fingerprint": publication.answers_fingerprint,
            "questionnaire_fingerprint": publication.questionnaire_fingerprint,
            "rules_fingerprint": publication.rules_fingerprint,
            "code_version": publication.code_version,
        }

    def describe(self, outcome: dict[str, Any]) -> str:
        """Return which version it is, and its fingerprint."""
        return _("%(season)s is published as version %(version)s, fingerprint %(fingerprint)s.") % outcome
