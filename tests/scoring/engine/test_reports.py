import numpy as np
import pytest
from hypothesis import given

from scoring.engine.reports import InvalidReportError, Reports, pack, unpack
from tests.scoring.engine.cases import Report, arrays, battery, seasons


def test_pack_keeps_the_option_of_each_question_in_its_place():
    packed = pack(battery(), {"wait": 2, "nps": 10})

    assert packed == np.array([2, -1, -1, -1, -1, -1, -1, 10, -1, -1], "<i2").tobytes()


@given(seasons())
def test_unpack_gives_back_what_was_packed(season):
    specs, reports = season
    built = battery(specs)

    assert [unpack(built, pack(built, r.answers)) for r in reports] == [r.answers for r in reports]


def test_unpack_reads_a_view_of_memory():
    built = battery()

    assert unpack(built, memoryview(pack(built, {"name": 1}))) == {"name": 1}


@pytest.mark.parametrize("answers", [{"other": 0}, {"name": 3}, {"name": -1}, {"words": 0}])
def test_answer_that_the_battery_lacks_is_not_packed(answers):
    with pytest.raises(InvalidReportError, match="has no option"):
        pack(battery(), answers)


def test_answers_of_another_questionnaire_are_refused():
    with pytest.raises(InvalidReportError, match="belong to another questionnaire"):
        Reports.from_rows(battery(), [(1, 1, "phone", 202148, True, b"\0\0")])


@pytest.mark.parametrize("option", [3, -2, 32767])
def test_stored_option_out_of_range_is_refused(option):
    built = battery()
    answers = np.full(len(built.questions), -1, "<i2")
    answers[1] = option

    with pytest.raises(InvalidReportError, match=r"^A report has an answer that its question does not offer"):
        Reports.from_rows(built, [(1, 1, "phone", 202148, True, answers.tobytes())])


def test_arrays_with_an_unknown_method_or_too_few_questions_are_refused():
    built = battery()
    reports = arrays(built, [Report()])
    strange = Reports(**{**vars(reports), "method": np.array([4], np.int8)})
    short = Reports(**{**vars(reports), "answers": reports.answers[:, 1:]})

    with pytest.raises(InvalidReportError, match="unknown contact method"):
        strange.check(built)
    with pytest.raises(InvalidReportError, match="one answer for each question"):
        short.check(built)


def test_no_reports_are_held_too():
    assert len(Reports.from_rows(battery(), [])) == 0


def test_take_keeps_rows_in_the_order_asked_for():
    reports = arrays(battery(), [Report(id=n, enrolment=10 * n) for n in range(4)])

    taken = reports.take(np.array([3, 1]))

    assert (taken.id.tolist(), taken.enrolment.tolist()) == ([3, 1], [30, 10])
