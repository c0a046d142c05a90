"""A hundred seasons in one: 470,000 approved reports, recomputed from the database to the database."""

import statistics
import time
from typing import Any

from django.db import connection, transaction

from ksp.accounts.services import system_user
from participants.models import Season
from scoring.models import ResponseScore, ScoreSummary
from scoring.services import recompute_season

ROUNDS = 5

# Copies of the participants and of their approved reports. They have no assignments of their own: scores need none.
COPIES = """
INSERT INTO participants_participant (organiser_id, public_id, code, name, is_public_body, website, created_at)
SELECT organiser_id, gen_random_uuid(), p.code || '-' || n, p.name, is_public_body, website, created_at
FROM participants_participant p JOIN participants_enrolment e ON e.participant_id = p.id
CROSS JOIN generate_series(1, %(copies)s) n
WHERE e.season_id = %(season)s;

INSERT INTO participants_enrolment (season_id, participant_id, award_class_id, package, planned_contacts,
    contact_name, contact_email, extra_help, unused_addresses)
SELECT e.season_id, copy.id, e.award_class_id, e.package, e.planned_contacts, '', '', '', '{}'
FROM participants_enrolment e JOIN participants_participant p ON p.id = e.participant_id
CROSS JOIN generate_series(1, %(copies)s) n
JOIN participants_participant copy ON copy.code = p.code || '-' || n AND copy.organiser_id = p.organiser_id
WHERE e.season_id = %(season)s;

INSERT INTO responses_surveyresponse (assignment_id, season_id, enrolment_id, observer_id, public_id, code, method,
    week, state, version, is_answered, packed, started_at, submitted_at, first_submitted_at, reviewed_at,
    reviewed_by_id, verdict)
SELECT r.id * 1000 + n + 100000000, r.season_id, other.id, r.observer_id, gen_random_uuid(), r.code || '-' || n,
    r.method, r.week, r.state, 1, r.is_answered, r.packed, r.started_at, r.submitted_at, r.first_submitted_at,
    r.reviewed_at, r.reviewed_by_id, ''
FROM responses_surveyresponse r JOIN participants_enrolment e ON e.id = r.enrolment_id
JOIN participants_participant p ON p.id = e.participant_id
CROSS JOIN generate_series(1, %(copies)s) n
JOIN participants_participant copy ON copy.code = p.code || '-' || n AND copy.organiser_id = p.organiser_id
JOIN participants_enrolment other ON other.participant_id = copy.id AND other.season_id = r.season_id
WHERE r.season_id = %(season)s AND r.state = 'approved';
"""


def multiply(season: Season, *, copies: int) -> None:
    """Give the season that many more participants and approved reports like those that it has."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(COPIES, {"season": season.pk, "copies": copies})
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def measure_many(season: Season) -> dict[str, Any]:
    """Return the seconds of the first computation, when nothing is stored, and of one that finds the same again."""
    by = system_user(season.organiser)
    ResponseScore.objects.filter(season=season).delete()
    ScoreSummary.objects.filter(season=season).delete()
    first = _seconds(season, by)
    again = statistics.median(_seconds(season, by) for _ in range(ROUNDS))
    return {"reports": ResponseScore.objects.filter(season=season).count(), "first_s": first, "again_s": again}


def _seconds(season: Season, by: Any) -> float:
    started = time.perf_counter()
    recompute_season(season.pk, by=by)
    return time.perf_counter() - started
