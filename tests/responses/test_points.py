"""What answers are worth, beside what the scoring engine makes of the same report."""

import pytest

from responses.points import NOTHING, Points, packed_score, table_of, total, worth
from responses.questionnaires.packing import pack, unpack
from responses.questionnaires.selectors import questionnaire_of
from scoring.batteries import battery_of
from scoring.engine.reports import Reports
from scoring.engine.scores import score_reports
from tests.factories.questionnaires import season_with_battery
from tests.factories.responses import filled_response

pytestmark = pytest.mark.django_db


def engine_score(response):
    row = (1, 1, response.method, 202148, response.is_answered, bytes(response.packed))
    return score_reports(battery_of(response.season), Reports.from_rows(battery_of(response.season), [row])).score[0]


@pytest.mark.parametrize("method", ["phone", "email", "chat", "messenger"])
def test_score_of_a_report_is_the_engines(method):
    season = season_with_battery()
    asked = questionnaire_of(season).asked
    worst = {item.question.code: item.options[-1].code for item in asked if item.question.kind == "scored"}
    waiting = {item.question.code: item.options[0].code for item in asked if item.question.kind == "waiting"}
    half = dict(list(worst.items())[::2])

    for choose in ({}, worst | waiting, half):
        response = filled_response("submitted", season=season, choose=choose, method=method)
        score = packed_score(table_of(asked), unpack(response.packed))
        assert score == pytest.approx(engine_score(response), abs=1e-9)


def test_not_applicable_unscored_and_missing_answers_are_worth_nothing():
    asked = questionnaire_of(season_with_battery()).asked
    without = next((item, one) for item in asked for one in item.options if one.is_not_applicable)
    unscored = next(item for item in asked if item.question.kind == "unscored")
    scored = next(item for item in asked if item.question.kind == "scored")

    assert worth(*without) == NOTHING
    assert worth(unscored, unscored.options[0]) == NOTHING
    assert worth(scored, None) == NOTHING
    assert worth(scored, scored.options[-1]).possible == max(one.points for one in scored.options) > 0


def test_points_are_added_up():
    assert total([Points(3, 5), Points(0, 4)]) == Points(3, 9)
    assert Points(3, 4).score == 75.0
    assert NOTHING.score is None


def test_packed_numbers_come_back():
    assert unpack(pack([0, None, 3, 300])) == [0, -1, 3, 300]
