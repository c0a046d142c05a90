import pytest

from observers.demographics import AgeGroup, age_group, birth_years


@pytest.mark.parametrize(
    ("born", "group"),
    [
        (2010, AgeGroup.YOUNG),
        (1993, AgeGroup.YOUNG),
        (1992, AgeGroup.YOUNGER),
        (1977, AgeGroup.OLDER),
        (1962, AgeGroup.OLD),
        (1920, AgeGroup.OLD),
        (None, None),
    ],
)
def test_age_group_is_that_of_the_birthday_in_the_year(born, group):
    assert age_group(born, year=2022) == group


def test_birth_years_of_the_groups_leave_no_gap_and_agree_with_the_groups():
    bounds = [birth_years(group, year=2022) for group in reversed(AgeGroup.values)]

    assert bounds == [(0, 1962), (1963, 1977), (1978, 1992), (1993, 2022)]
    assert {age_group(born, year=2022) for born in range(1993, 2023)} == {AgeGroup.YOUNG}
