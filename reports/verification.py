"""Compares a frozen version with what follows from the answers now."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from django.db.models import QuerySet

from participants.models import Season
from reports.exports.results import recomputed_results
from reports.frozen import Difference, code_version, differences, fingerprint_of
from reports.models import Publication
from responses.models import Answer, SurveyResponse
from responses.questionnaires.packing import unpack
from responses.questionnaires.selectors import Questionnaire, forget_questionnaires, questionnaire_of
from scoring.fingerprints import (
    answers_fingerprint,
    fingerprints_by_participant,
    questionnaire_fingerprint,
    rules_fingerprint,
)

CHUNK = 5_000


@dataclass(frozen=True)
class Verification:
    """What came of it. ``has_other_code`` alone is no difference; ``later`` is the version that counts instead."""

    publication: Publication
    differences: tuple[Difference, ...]
    has_other_code: bool
    later: int | None

    @property
    def agrees(self) -> bool:
        """Whether everything is as it was frozen."""
        return not self.differences


def verify(publication: Publication) -> Verification:
    """Compute everything from the answers, not from stored scores, and compare it with the version."""
    # A copy of the questionnaire in memory could hide that the database has another one.
    forget_questionnaires()
    season = Season.objects.get(pk=publication.season_id)
    has_other_code = publication.code_version != code_version()
    later = Publication.objects.filter(season=season, version__gt=publication.version).order_by("-version")
    return Verification(
        publication=publication,
        differences=(
            *_of_the_row(publication),
            *_of_what_it_rests_on(publication, season),
            *unpacked_differences(season),
            # Other code may know better how certain a result is; the result itself it may not change.
            *differences(publication.results, recomputed_results(season), statistics=not has_other_code),
        ),
        has_other_code=has_other_code,
        later=later.values_list("version", flat=True).first(),
    )


def _of_the_row(publication: Publication) -> Iterator[Difference]:
    """Yield that the row itself is not what was frozen."""
    computed = fingerprint_of(
        publication.results,
        answers=publication.answers_fingerprint,
        questionnaire=publication.questionnaire_fingerprint,
        rules=publication.rules_fingerprint,
        code=publication.code_version,
    )
    if computed != publication.fingerprint:
        yield Difference("version", "fingerprint", publication.fingerprint, computed)


def _of_what_it_rests_on(publication: Publication, season: Season) -> Iterator[Difference]:
    """Yield every fingerprint that is another one now; of the answers also whose."""
    computed = {
        "answers_fingerprint": answers_fingerprint(season),
        "questionnaire_fingerprint": questionnaire_fingerprint(season),
        "rules_fingerprint": rules_fingerprint(season),
    }
    for name, value in computed.items():
        if getattr(publication, name) != value:
            yield Difference("season", name, getattr(publication, name), value)
    before, after = publication.rests_on["participants"], fingerprints_by_participant(season)
    for code in sorted(before.keys() | after.keys()):
        if before.get(code) != after.get(code):
            yield Difference(code, "answers_fingerprint", before.get(code), after.get(code))


def unpacked_differences(season: Season) -> Iterator[Difference]:
    """Yield where the answers of an approved report are not those that its score is computed from.

    An answer is stored twice: as a row that people read, and in the packed form that is scored.
    """
    questionnaire = questionnaire_of(season)
    approved = SurveyResponse.objects.approved().filter(season=season)
    columns = approved.order_by("pk").values_list("pk", "enrolment__participant__code", "code", "packed")
    rows = columns.iterator(chunk_size=CHUNK)
    while chunk := list(islice(rows, CHUNK)):
        given = _given_answers(questionnaire, approved.filter(pk__range=(chunk[0][0], chunk[-1][0])))
        for key, participant, code, packed in chunk:
            for place, (scored, read) in enumerate(zip(unpack(packed or b""), given[key], strict=True)):
                if scored != read:
                    field = f"{code} {questionnaire.asked[place].question.code}"
                    words = [_option_code(questionnaire, place, number) for number in (scored, read)]
                    yield Difference(participant, field, *words)


def _given_answers(questionnaire: Questionnaire, responses: QuerySet[SurveyResponse]) -> defaultdict[int, list[int]]:
    """Return the options that the rows of every report name, as the packed form numbers them."""
    places = {item.question.pk: (place, item.number_by_option) for place, item in enumerate(questionnaire.asked)}
    found: defaultdict[int, list[int]] = defaultdict(lambda: [-1] * len(questionnaire.asked))
    rows = Answer.objects.filter(response__in=responses, option__isnull=False)
    for key, question, option in rows.values_list("response_id", "question_id", "option_id").iterator(chunk_size=CHUNK):
        place, number_by_option = places[question]
        found[key][place] = number_by_option[option]
    return found


def _option_code(questionnaire: Questionnaire, place: int, number: int) -> str | None:
    options = questionnaire.asked[place].options
    return options[number].code if 0 <= number < len(options) else None
