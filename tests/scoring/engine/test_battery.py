import pytest

from scoring.engine.battery import METHODS, CxScale, InvalidBatteryError, OptionSpec, QuestionSpec
from tests.scoring.engine.cases import SPECS, YES_NO, battery


def test_possible_points_are_those_of_the_best_option():
    built = battery()

    assert built.possible.tolist() == [5, 10, 10, 6, 10, 10, 10, 0, 0, 0]


def test_method_possible_holds_the_questions_that_the_method_asks_and_that_count():
    built = battery()

    assert dict(zip(METHODS, built.method_possible.tolist(), strict=True)) == {
        "phone": [31, 5, 10, 6, 10],
        "email": [35, 5, 10, 10, 10],
        "chat": [35, 5, 10, 10, 10],
        "messenger": [25, 5, 10, 0, 10],
    }


def test_scales_lie_one_after_the_other():
    built = battery()

    assert built.scales == (CxScale("nps", 7, 0, 10, 0), CxScale("csat", 8, 1, 5, 11))
    assert built.steps == 16


def test_arrays_of_a_battery_cannot_be_changed():
    with pytest.raises(ValueError, match="read-only"):
        battery().points[0] = 7


@pytest.mark.parametrize(
    ("question", "problem"),
    [
        (QuestionSpec("q", "agent", "guess", METHODS, YES_NO), "unknown kind “guess”"),
        (QuestionSpec("q", "agent", "scored", ("fax",), YES_NO), "unknown method “fax”"),
        (QuestionSpec("q", "gdpr", "scored", METHODS, YES_NO), "area “gdpr” is not a scored one"),
        (QuestionSpec("q", "agent", "scored", METHODS, [OptionSpec(-1)]), "between 0 and 1000"),
        (QuestionSpec("q", "agent", "scored", METHODS, [OptionSpec(1001)]), "between 0 and 1000"),
        (QuestionSpec("q", "agent", "scored", METHODS, [OptionSpec(3, not_applicable=True)]), "cannot give points"),
        (QuestionSpec("q", "agent", "scored", METHODS, [OptionSpec(0)]), "no alternative gives points"),
        (QuestionSpec("q", "agent", "scored", METHODS), "no alternative gives points"),
        (QuestionSpec("q", "cx", "cx", METHODS, [OptionSpec()]), "whole number of its own"),
        (QuestionSpec("q", "cx", "cx", METHODS, [OptionSpec(value=1.5)]), "whole number of its own"),
        (QuestionSpec("q", "cx", "cx", METHODS, [OptionSpec(value=1), OptionSpec(value=1)]), "whole number of its own"),
        (QuestionSpec("q", "cx", "cx", METHODS), "whole number of its own"),
        (QuestionSpec("nps", "cx", "cx", METHODS, [OptionSpec(value=n) for n in range(1, 11)]), "NPS is 0 to 10"),
        (SPECS[0], "“wait” occurs more than once"),
    ],
)
def test_battery_that_cannot_be_scored_is_refused(question, problem):
    with pytest.raises(InvalidBatteryError, match=problem):
        battery([SPECS[0], question])


def test_battery_takes_plain_tuples():
    plain = battery([("q", "agent", "scored", ["phone"], [(4,), (0, True, None)])])

    assert plain.points.tolist() == [4, 0]
    assert plain.not_applicable.tolist() == [False, True]
