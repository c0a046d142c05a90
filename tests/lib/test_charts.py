"""Charts: their colours, their words, their table, and that they are drawn once."""

import re
from datetime import date

import pytest
import vl_convert
from django.utils import translation

from ksp.lib import charts, season_charts
from ksp.lib.charts import Deviation, WeekContact
from ksp.lib.season_charts import WatchedDay, WeekProgress
from ksp.lib.weeks import IsoWeek

WEEKS = IsoWeek.range(IsoWeek(2021, 51), IsoWeek(2022, 2))
CONTACTS = [
    WeekContact(IsoWeek(2021, 51), 70.0),
    WeekContact(IsoWeek(2021, 51), 80.5),
    WeekContact(IsoWeek(2022, 1), 0.0, is_answered=False),
]
PROGRESS = [
    WeekProgress(IsoWeek(2021, 51), planned=2000, done=1900),
    WeekProgress(IsoWeek(2021, 52), planned=1000, done=900),
    WeekProgress(IsoWeek(2022, 1), planned=1700, done=None),
]


@pytest.fixture
def week_chart():
    with translation.override("nb"):
        return charts.week_by_week(CONTACTS, weeks=WEEKS, class_mean=68.24)


@pytest.fixture
def progress_chart():
    with translation.override("nb"):
        return season_charts.progress_by_week(PROGRESS)


def test_the_sentence_of_week_by_week_says_the_result(week_chart):
    assert week_chart.sentence == "3 kontakter. 1 ble ikke besvart. Snittet er 50,2. Klassens snitt er 68,2."


def test_the_table_of_week_by_week_holds_every_contact(week_chart):
    assert week_chart.rows == [
        ["uke\u00a051", "2", "70,0 · 80,5"],
        ["uke\u00a052", "0", "–"],
        ["uke\u00a01", "1", "ikke svar"],
        ["uke\u00a02", "0", "–"],
    ]


def test_an_unanswered_contact_is_a_hollow_red_ring(week_chart):
    rings = re.findall(r'<path [^>]*fill="#ffffff" stroke="#a8261c"[^>]*>', week_chart.drawings[0])

    assert len(rings) == 1


def test_the_sentence_of_progress_adds_up_the_weeks(progress_chart):
    assert progress_chart.sentence == "2\u202f800 av 4\u202f700 kontakter er godkjent."
    assert progress_chart.rows[-1] == ["uke\u00a01", "1\u202f700", "–"]


@pytest.fixture
def deviation_chart():
    points = [Deviation("48", -3.2, (-5.0, -1.4), is_marked=True), Deviation("49", 0.4, (-1.5, 2.3))]
    with translation.override("nb"):
        return charts.deviations(points, title="Uker", sentence="Uke 48 ligger lavt.")


def test_what_stands_out_has_a_dot_of_its_own_colour(deviation_chart):
    drawing = deviation_chart.drawings[0]

    assert re.findall(r'<path [^>]*fill="(#0b5a66|#b0600f)"', drawing) == ["#0b5a66", "#b0600f"]
    assert re.findall(r">([^<]+)</text>", drawing) == ["48", "49", "−5", "0", "+5"]


@pytest.mark.parametrize(("interval", "labels"), [((0.0, 0.0), ["−1", "0", "+1"]), ((-0.2, 0.3), ["0"])])
def test_deviations_near_nothing_still_have_an_axis(interval, labels):
    with translation.override("nb"):
        figure = charts.deviations([Deviation("", 0.0, interval)], title="", sentence="", ends=("lav", "høy"))

    assert re.findall(r">([^<]+)</text>", figure.drawings[0]) == [*labels, "lav", "høy"]


@pytest.fixture
def fan_chart():
    ahead = [WeekProgress(IsoWeek(2022, 1), planned=1700, done=None, low=4000, high=4600)]
    with translation.override("nb"):
        return season_charts.progress_by_week([*PROGRESS[:2], *ahead], gone=0.4)


@pytest.fixture
def watched_chart():
    days = [
        WatchedDay(date(2022, 3, 11), value=5.0, expected=4.0, reach=9.0, is_signal=False),
        WatchedDay(date(2022, 3, 14), value=34.0, expected=4.0, reach=9.0, is_signal=True),
    ]
    with translation.override("nb"):
        return season_charts.watched_days(days, is_share=True, sentence="14. mars skiller seg ut.")


def test_the_fan_says_between_which_numbers_the_season_ends(fan_chart):
    assert fan_chart.sentence.endswith("Trolig mellom 4\u202f000 og 4\u202f600 i uke\u00a01.")
    assert fan_chart.columns[-1] == "Trolig godkjent i alt"
    assert [row[-1] for row in fan_chart.rows] == ["–", "–", "4\u202f000–4\u202f600"]
    assert {"anslag, 95 %", "2\u202f800 nå", "plan"} <= set(re.findall(r">([^<]+)</text>", fan_chart.drawings[0]))


def test_a_day_that_stands_out_is_drawn_in_another_colour_with_its_number(watched_chart):
    drawing = watched_chart.drawings[0]

    assert len(re.findall(r'<path [^>]*fill="#b0600f" stroke="#ffffff"', drawing)) == 1
    assert {"34\u00a0%", "ventet"} <= set(re.findall(r">([^<]+)</text>", drawing))


@pytest.mark.parametrize("name", ["week_chart", "progress_chart", "deviation_chart", "fan_chart", "watched_chart"])
def test_drawings_keep_to_the_palette_and_to_the_policy(request, name):
    figure = request.getfixturevalue(name)

    for drawing in figure.drawings:
        colours = set(re.findall(r'(?:fill|stroke)="([^"]+)"', drawing)) - {"none"}
        assert colours <= charts.PALETTE
        assert not re.search(r"style=|<style|<script|href=|\bon[a-z]+=|url\(", drawing)
        assert re.findall(r'role="[^"]+"', drawing) == ['role="img"']
        assert re.findall(r'font-size="([^"]+)"', drawing).count("13px") == drawing.count("<text")


def test_each_width_is_drawn_at_that_width(week_chart):
    assert [re.search(r'width="(\d+)"', drawing)[1] for drawing in week_chart.drawings] == ["280", "520", "1080"]


def test_the_same_figures_are_drawn_once_in_each_language(monkeypatch):
    drawn = []
    real = vl_convert.vegalite_to_svg
    monkeypatch.setattr(vl_convert, "vegalite_to_svg", lambda *args, **more: drawn.append(1) or real(*args, **more))

    for language in ("nb", "nb", "en", "nb"):
        with translation.override(language):
            season_charts.progress_by_week(PROGRESS)

    assert len(drawn) == 2 * len(charts.WIDTHS)


def test_no_contacts_and_no_mean_still_give_a_chart():
    with translation.override("en"):
        figure = charts.week_by_week([], weeks=WEEKS, class_mean=None)

    assert figure.sentence == "0 contacts. All were answered."
    assert [drawing.count("<path transform") for drawing in figure.drawings] == [0, 0, 0]


@pytest.mark.parametrize(("top", "step"), [(1, 1), (4, 1), (9, 2), (47, 10), (188, 50), (4700, 1000), (5000, 2000)])
def test_axes_have_round_steps(top, step):
    assert charts.round_step(top) == step


def test_warming_up_leaves_no_trace():
    assert charts.warm() is None
