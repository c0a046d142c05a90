"""Computes what the attempts of a report have come to, with the season's limits and the Norwegian calendar."""

from collections.abc import Iterable
from datetime import datetime, time

from ksp.lib.calendar import WorkingCalendar
from participants.season_settings import SeasonSettings
from responses.models import ContactAttempt, SurveyResponse
from responses.questionnaires.selectors import Questionnaire, questionnaire_of
from responses.waiting import Attempt, Outcome, Problem, WaitingRules, check_attempt, waiting_outcome

CALENDAR = WorkingCalendar()


def waiting_rules(settings: SeasonSettings) -> WaitingRules:
    """Return the season's limits in the shape that the computation takes."""
    return WaitingRules(
        phone_seconds=settings.phone_limit,
        chat_seconds=settings.chat_limit,
        messenger_seconds=settings.messenger_limit,
        email_days=settings.email_limit,
        email_before=time(settings.email_latest_hour),
    )


def plain_attempt(attempt: ContactAttempt) -> Attempt:
    """Return the attempt as the computation takes it."""
    return Attempt(
        number=attempt.number,
        started_at=attempt.started_at,
        answered_at=attempt.answered_at,
        ended_at=attempt.ended_at,
    )


def outcome_of(
    response: SurveyResponse,
    attempts: Iterable[ContactAttempt],
    *,
    now: datetime,
    questionnaire: Questionnaire | None = None,
) -> Outcome:
    """Return what the attempts have come to at ``now``."""
    questionnaire = questionnaire or questionnaire_of(response.season)
    asked = questionnaire.waiting_question(response.method)
    return waiting_outcome(
        response.method,
        [plain_attempt(attempt) for attempt in attempts],
        options=[(option.code, option.value) for option in asked.options],
        calendar=CALENDAR,
        now=now,
        rules=waiting_rules(response.season.settings),
    )


def problems_of(
    response: SurveyResponse, attempt: ContactAttempt, *, earlier: Iterable[ContactAttempt], now: datetime
) -> list[Problem]:
    """Return what is wrong with the times of an attempt."""
    return check_attempt(
        response.method,
        plain_attempt(attempt),
        earlier=[plain_attempt(other) for other in earlier],
        calendar=CALENDAR,
        now=now,
        rules=waiting_rules(response.season.settings),
    )
