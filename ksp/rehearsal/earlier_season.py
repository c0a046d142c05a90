"""Makes the season before a rehearsed one: imported as from an earlier system, published, and corrected once."""

import tempfile
from pathlib import Path
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from ksp.rehearsal.earlier import Earlier, earlier_battery
from ksp.rehearsal.earlier_files import write_answers
from ksp.rehearsal.progress import Progress
from ksp.rehearsal.stage import BATTERY, Stage, inform_employees, make_season, opening_of, write_role_plays
from participants.models import Season
from participants.services import create_class, open_season, publish_season
from reports.exports.importing import import_answers
from responses.models import SurveyResponse
from responses.questionnaires.battery import Battery, load_battery
from responses.services import correct_answers
from scoring.services import recompute_season

# How long each step is beside a week of the season itself, which counts for two; the statistics follow as one more.
WRITING, IMPORT, PUBLICATION = 3.0, 5.0, 3.0
STEPS_OF_EARLIER: Final = round(WRITING + IMPORT + PUBLICATION) + 1
# The answer that an objection was upheld against, as it was and as it is.
CORRECTED, BEFORE, AFTER = "agent_solution", "partly", "yes"
REASON: Final = "Innsigelsen er tatt til følge: Kundebehandleren fant en løsning som passet til det du spurte om."


def make_earlier_season(earlier: Earlier, stage: Stage, progress: Progress) -> Season:
    """Return the season before, published; one answer has been corrected since."""
    closed_at, director = earlier.shape.stops_at(), stage.director
    words = {"season": earlier.shape.season}
    battery = earlier_battery(load_battery(BATTERY))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        progress.step(_("%(season)s: answers") % words, weight=WRITING)
        write_answers(earlier, battery, folder)
        progress.step(_("%(season)s: import") % words, weight=IMPORT)
        with transaction.atomic():
            season = _prepare(earlier, stage, battery)
            organiser = season.organiser
            import_answers(season.code, folder=folder, organiser=organiser, dry_run=False, now=closed_at, by=director)
            inform_employees(season, earlier.cast, earlier.shape, director)
    progress.step(_("%(season)s: publication") % words, weight=PUBLICATION)
    season = publish_season(season.pk, now=closed_at, by=director)
    _uphold_objection(season, stage)
    return season


def _prepare(earlier: Earlier, stage: Stage, battery: Battery) -> Season:
    """Return the season, open, with its classes and role-plays, and without anybody in it."""
    shape, cast, director = earlier.shape, earlier.cast, stage.director
    season = make_season(stage.season.organiser, shape, battery, director)
    for name in sorted({sector.name for sector in cast.sectors}):
        create_class(season.pk, name=name, by=director)
    write_role_plays(season, cast, director)
    return open_season(season.pk, now=opening_of(shape), by=director)


@transaction.atomic
def _uphold_objection(season: Season, stage: Stage) -> None:
    """Correct one answer, of the first participant that has such a one, so that the results have a second version."""
    reports = SurveyResponse.objects.approved().filter(season=season)
    contested = reports.filter(answers__question__code=CORRECTED, answers__option__code=BEFORE)
    response = contested.order_by("enrolment", "code").first()
    if response is not None:
        correct_answers(response.pk, answers={CORRECTED: AFTER}, reason=REASON, by=stage.managers[0])
        recompute_season(season.pk, by=stage.director)
