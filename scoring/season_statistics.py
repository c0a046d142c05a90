"""Computes and stores how certain a season's results are, and reads it again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import cattrs
import numpy as np
from numpy.typing import NDArray

from participants.models import Enrolment, Season
from participants.workflow import SeasonState
from responses.models import AnswerRevision, ReviewNote, SurveyResponse
from responses.questionnaires.comparing import Comparison, compare_questionnaires
from responses.questionnaires.selectors import questionnaire_of
from scoring.batteries import battery_of, scoring_rules
from scoring.computing import approved_reports
from scoring.engine.battery import Ints
from scoring.engine.reports import NO_ANSWER, Reports
from scoring.engine.rules import Rules
from scoring.models import EnrolmentStatistics, ScoringState
from scoring.models import SeasonStatistics as StoredStatistics
from scoring.statistics import linking
from scoring.statistics.estimates import SeasonContacts
from scoring.statistics.figures import EnrolmentFigures, SeasonFigures, SinceEarlier
from scoring.statistics.intervals import Contrast, Interval
from scoring.statistics.items import Reread, agreement
from scoring.statistics.season import SeasonStatistics, season_statistics

converter = cattrs.Converter()
converter.register_structure_hook(Interval, lambda bounds, _type: Interval(*bounds))
converter.register_structure_hook(Contrast, lambda parts, _type: Contrast(*parts))
WITH_RESULTS = (SeasonState.CLOSED, SeasonState.PUBLISHED)


def compute_statistics(season: Season, rules: Rules | None = None) -> SeasonStatistics:
    """Return the statistics of the season as they follow from its approved reports now; nothing is written."""
    contacts = season_contacts(season, rules)
    found = season_statistics(contacts, reread=_reread(season, contacts.reports))
    before = previous_season(season)
    return found if before is None else _with_links(found, contacts, season, before)


def season_contacts(season: Season, rules: Rules | None = None) -> SeasonContacts:
    """Return the approved reports of the season with who made them: four queries."""
    battery = battery_of(season)
    approved = SurveyResponse.objects.approved().filter(season=season)
    observers = dict(approved.values_list("pk", "observer_id"))
    reports = approved_reports(season, battery)
    # A report that was approved between the two readings counts next time.
    reports = reports.take(np.array([key in observers for key in reports.id.tolist()], np.bool_))
    return SeasonContacts(
        battery=battery,
        rules=rules or scoring_rules(season.settings),
        reports=reports,
        observer=np.array([observers[key] for key in reports.id.tolist()], np.int64),
        class_of=dict(Enrolment.objects.filter(season=season).values_list("pk", "award_class_id")),
    )


def previous_season(season: Season) -> Season | None:
    """Return the organiser's latest season before this one that is over and has results."""
    earlier = Season.objects.filter(
        organiser=season.organiser_id, starts_on__lt=season.starts_on, state__in=WITH_RESULTS
    ).exclude(pk=season.pk)
    return earlier.filter(response_scores__isnull=False).distinct().order_by("-starts_on", "-pk").first()


# Reports that were read twice


def _reread(season: Season, reports: Reports) -> tuple[Reread, ...]:
    """Return how often the answers of reports that went back to the observer stayed as they were first sent."""
    returned = ReviewNote.objects.filter(response__season=season).values_list("response", flat=True)
    changes = list(
        AnswerRevision.objects.filter(response__season=season, after_submission=True)
        .order_by("-pk")
        .values_list("response_id", "question_id", "old_option_id")
    )
    read_twice = set(returned) | {change[0] for change in changes}
    rows = np.flatnonzero(np.isin(reports.id, np.array(sorted(read_twice), np.int64)))
    last = reports.answers[rows]
    battery = battery_of(season)
    return agreement(battery.questions, _first_answers(season, reports.id[rows], last, changes), last)


def _first_answers(
    season: Season, keys: Ints, last: NDArray[np.int16], changes: Sequence[tuple[int, int, int | None]]
) -> NDArray[np.int16]:
    """Return the answers as they were first sent: the changes undone, the latest first."""
    questionnaire = questionnaire_of(season)
    columns = {item.question.pk: column for column, item in enumerate(questionnaire.asked)}
    places, first = {key: row for row, key in enumerate(keys.tolist())}, last.copy()
    for response, question, old in changes:
        if response in places:
            numbers = questionnaire.by_key[question].number_by_option
            first[places[response], columns[question]] = NO_ANSWER if old is None else numbers[old]
    return first


# Since the season before


@dataclass(frozen=True, eq=False)
class _Both:
    """The participants of two seasons: the enrolments in the later one, in the order of their places."""

    enrolments: Ints
    linked: linking.Linked
    comparison: Comparison


def _with_links(found: SeasonStatistics, contacts: SeasonContacts, season: Season, before: Season) -> SeasonStatistics:
    both = _linked(contacts, season, before)
    if both is None:
        return found
    changes = {
        key: _since(both, change)
        for key, change in zip(both.enrolments.tolist(), linking.participant_changes(both.linked), strict=True)
    }
    classes = np.array([contacts.class_of[key] for key in both.enrolments.tolist()], np.int64)
    by_class = {
        key: replace(figures, since=_since(both, linking.mean_change(both.linked, np.flatnonzero(classes == key))))
        for key, figures in found.season.classes.items()
    }
    whole = _since(both, linking.mean_change(both.linked, np.arange(len(classes))))
    return SeasonStatistics(
        season=replace(found.season, season=replace(found.season.season, since=whole), classes=by_class),
        enrolments={key: replace(own, since=changes.get(key)) for key, own in found.enrolments.items()},
    )


def _linked(contacts: SeasonContacts, season: Season, before: Season) -> _Both | None:
    """Link the participants that have contacts in both seasons; none if there are none, or no common question."""
    comparison = compare_questionnaires(before, season)
    earlier = season_contacts(before, contacts.rules)
    owner_now = _participants(season)
    owner_then = {participant: key for key, participant in _participants(before).items()}
    pairs = [(owner_then.get(owner_now[key]), key) for key in contacts.participants.tolist()]
    then = set(earlier.participants.tolist())
    kept = [(old, new) for old, new in pairs if old in then]
    if not kept or not comparison.common:
        return None
    linked = linking.link(
        _side(earlier, {old: place for place, (old, _new) in enumerate(kept) if old is not None}),
        _side(contacts, {new: place for place, (_old, new) in enumerate(kept)}),
        comparison.common,
        participants=len(kept),
        mean=contacts.rules.mean,
    )
    return _Both(np.array([new for _old, new in kept], np.int64), linked, comparison)


def _participants(season: Season) -> dict[int, int]:
    return dict(Enrolment.objects.filter(season=season).values_list("pk", "participant_id"))


def _side(contacts: SeasonContacts, places: Mapping[int, int]) -> linking.Season:
    participant = [places.get(key, linking.NOBODY) for key in contacts.reports.enrolment.tolist()]
    return linking.Season(contacts.battery, contacts.reports, np.array(participant, np.int64), contacts.observer)


def _since(both: _Both, change: linking.LinkedChange | None) -> SinceEarlier | None:
    if change is None:
        return None
    return SinceEarlier(both.comparison.old.code, change, both.linked.kept, both.linked.left_out)


# Stored


@dataclass(frozen=True)
class KnownStatistics:
    """Stored figures of a season, with when they were computed; ``is_current`` unless scores have moved since."""

    computed_at: datetime
    is_current: bool
    figures: SeasonFigures


def write_statistics(season: Season, found: SeasonStatistics, *, now: datetime, scores_at: datetime | None) -> None:
    """Replace what is stored of the season."""
    StoredStatistics.objects.update_or_create(
        season=season,
        defaults={"computed_at": now, "scores_at": scores_at, "figures": converter.unstructure(found.season)},
    )
    EnrolmentStatistics.objects.filter(season=season).delete()
    EnrolmentStatistics.objects.bulk_create(
        EnrolmentStatistics(enrolment_id=key, season=season, figures=converter.unstructure(figures))
        for key, figures in found.enrolments.items()
    )


def known_statistics(season: Season) -> KnownStatistics | None:
    """Return the stored figures of the season: two queries; none while nothing is computed."""
    stored = StoredStatistics.objects.filter(season=season).first()
    if stored is None:
        return None
    state = ScoringState.objects.filter(season=season).first()
    return KnownStatistics(
        computed_at=stored.computed_at,
        is_current=state is None or state.computed_at == stored.scores_at,
        figures=converter.structure(stored.figures, SeasonFigures),
    )


def enrolment_figures(enrolment: Enrolment) -> EnrolmentFigures:
    """Return the stored figures of one participant, one query; empty ones while nothing is computed."""
    stored = EnrolmentStatistics.objects.filter(enrolment=enrolment).values_list("figures", flat=True).first()
    return EnrolmentFigures() if stored is None else decoded(stored)


def enrolments_figures(season: Season) -> dict[int, EnrolmentFigures]:
    """Return the stored figures of every participant of the season by enrolment, one query."""
    rows = EnrolmentStatistics.objects.filter(season=season).values_list("enrolment", "figures")
    return {key: decoded(figures) for key, figures in rows}


def decoded(figures: Any) -> EnrolmentFigures:
    """Return stored figures of a participant as they were computed."""
    return converter.structure(figures, EnrolmentFigures)
