"""A figure in words: its rule, its formula, why contacts are left out, and what it costs to say so."""

import re

import pytest

from scoring.batteries import battery_of
from scoring.explanations import UnknownFigure, explain, explain_contact, explain_group, figure_of, figures_of
from scoring.explanations.shapes import Left
from scoring.models import ScoreSummary
from tests.factories.participants import EnrolmentFactory
from tests.factories.questionnaires import season_with_battery
from tests.reports.scenes import approved, scored, season_that_ranks

pytestmark = pytest.mark.django_db


@pytest.fixture
def one():
    """One participant: two phone calls, an e-mail in which nothing additional was applicable, an unanswered chat."""
    season = season_with_battery()
    enrolment = EnrolmentFactory(season=season)
    approved(enrolment, weeks=["2021-W48"], choose={"agent_needs": "no", "nps": "10"})
    approved(enrolment, weeks=["2021-W49"], choose={"nps": "6"})
    approved(enrolment, weeks=["2021-W50"], method="email", choose={"agent_additional": "na", "nps": "9"})
    approved(enrolment, weeks=["2021-W51"], method="chat", answered=False)
    scored(season)
    return enrolment


def lines(found):
    return [(line.points, line.possible, round(line.value, 4), line.weight_words) for line in found.counted]


def reasons(found):
    return {group.reason: [str(contact.week) for contact in group.contacts] for group in found.left_out}


def test_total_is_the_mean_of_all_contacts(one):
    found = explain(one, "total")

    assert lines(found) == [
        (95, 100, 95.0, "1/4"),
        (100, 100, 100.0, "1/4"),
        (95, 95, 100.0, "1/4"),
        (0, 100, 0.0, "1/4"),
    ]
    assert (found.label, found.value, found.shown, found.formula) == (
        "Totalresultat",
        73.75,
        "73,8",
        "295,0 / 4 = 73,8",
    )
    assert found.formula_words == "Summen av kontaktenes score / antall kontakter"
    assert "En kontakt som ikke ble besvart, teller 0." in found.rule
    assert "Totalresultatet er gjennomsnittet av kontaktenes resultater." in " ".join(found.basis.rules_in_words)
    assert found.about == "Hvordan kundesenteret gjorde det i alle kontaktene, fra 0 til 100."
    assert (found.unrounded, found.is_rounded, found.is_current, found.left_out) == ("73,75", True, True, [])
    assert (found.points, found.possible, found.has_points, found.has_answers) == (290, 395, True, False)


def test_pooled_total_weighs_by_possible_points(one):
    type(one.season).objects.filter(pk=one.season_id).update(stored_settings={"mean": "pooled"})
    one.season.refresh_from_db()
    scored(one.season)

    found = explain(one, "total")

    assert [line.weight_words for line in found.counted] == ["100/395", "100/395", "95/395", "100/395"]
    assert (found.formula, found.formula_words) == ("100 × 290 / 395 = 73,4", "100 × poeng / mulige poeng")
    assert "en kontakt med flere mulige poeng veier mer" in found.rule
    assert found.basis.rules["mean"] == "pooled"


def test_unanswered_contacts_are_left_out_of_what_is_over_answered_ones(one):
    found = explain(one, "answered_score")

    assert (len(found.counted), reasons(found)) == (3, {Left.UNANSWERED: ["2021-W51"]})
    assert found.formula == "295,0 / 3 = 98,3"
    assert "Kontakter som ikke ble besvart, er ikke med." in found.rule


def test_area_over_all_counts_an_unanswered_contact_as_0(one):
    before = explain(one, "area.agent")
    type(one.season).objects.filter(pk=one.season_id).update(stored_settings={"areas_over_all": ["agent"]})
    one.season.refresh_from_db()
    scored(one.season)

    after = explain(one, "area.agent")

    assert (len(before.counted), len(after.counted)) == (3, 4)
    assert after.counted[-1].possible == 50
    assert "En kontakt som ikke ble besvart, teller 0." in after.rule
    assert "En kontakt som ikke ble besvart, teller 0." not in before.rule


def test_waiting_over_all_is_said_apart_from_the_area(one):
    all_contacts, answered = explain(one, "waiting_all"), explain(one, "area.waiting")

    assert (all_contacts.label, answered.label) == ("Svar- og ventetid, alle kontakter", "Svar- og ventetid")
    assert (all_contacts.value, answered.value) == (75.0, 100.0)


def test_question_tells_the_answers_and_what_was_not_applicable_or_asked(one):
    additional = explain(one, "question.agent_additional")
    phone = explain(one, "question.agent_listened_phone")

    assert reasons(additional) == {Left.UNANSWERED: ["2021-W51"], Left.NOT_APPLICABLE: ["2021-W50"]}
    assert [line.answer for line in additional.counted] == ["Ja", "Ja"]
    assert additional.has_answers
    assert reasons(phone) == {Left.UNANSWERED: ["2021-W51"], Left.NOT_ASKED: ["2021-W50"]}
    assert [group.words for group in phone.left_out] == [
        "Ikke besvart, og tallet gjelder besvarte kontakter",
        "Kontaktmåten har ikke dette spørsmålet",
    ]


def test_question_without_an_answer_is_taken_out(one):
    response = one.responses.order_by("week").first()
    packed = bytearray(response.packed)
    place = battery_of(one.season).questions.index("agent_needs")
    packed[2 * place : 2 * place + 2] = b"\xff\xff"
    one.responses.filter(pk=response.pk).update(packed=bytes(packed))
    response.refresh_from_db()

    found, contact = explain(one, "question.agent_needs"), explain_contact(response)

    line = next(line for area in contact.areas for line in area.questions if line.code == "agent_needs")
    assert reasons(found)[Left.MISSING] == ["2021-W48"]
    assert (line.counts, line.points, line.possible, line.weight) == ("missing", None, None, None)
    assert (contact.points, contact.possible) == (95, 95)


def test_question_that_gives_no_points_has_no_figure_of_its_own(one):
    unscored = set(one.season.questions.filter(kind="unscored").values_list("code", flat=True))

    figures = {figure.name for figure in figures_of(battery_of(one.season))}

    assert unscored
    assert unscored & figures == set()


def test_unscored_question_says_that_it_never_counts():
    season = season_with_battery("preparing")
    question = season.questions.filter(kind="unscored").first()
    question.options.filter(position=1).update(points=1)
    enrolment = EnrolmentFactory(season=season)

    found = explain(enrolment, f"question.{question.code}")

    assert found.rule.endswith("Spørsmålet er uten poeng denne sesongen: Det teller aldri i totalresultatet.")


def test_method_has_its_contacts_alone(one):
    found = explain(one, "method.phone")

    assert (found.label, found.formula) == ("Totalresultat på telefon", "195,0 / 2 = 97,5")
    assert reasons(found) == {Left.OTHER_METHOD: ["2021-W50", "2021-W51"]}


@pytest.mark.parametrize("figure", ["area.welcome", "question.agent_needs", "cx.csat", "answered_score"])
def test_any_figure_can_be_narrowed_to_a_method(one, figure):
    found = explain(one, figure, method="email")

    summary = ScoreSummary.objects.get(enrolment=one, method="email")
    assert [line.contact.method for line in found.counted] == ["email"]
    assert found.is_current
    assert summary.contacts == 1


def test_label_names_the_method_of_a_question_in_brackets(one):
    assert explain(one, "question.agent_needs", method="email").label.endswith("behov? (e-post)")


def test_nps_is_computed_from_counts_and_a_scale_from_its_steps(one):
    nps, csat = explain(one, "cx.nps"), explain(one, "cx.csat")

    assert (nps.formula, nps.shown, nps.label) == ("100 × (2 − 1) / 3 = +33,3", "+33,3", "NPS")
    assert [line.value for line in nps.counted] == [100, -100, 100]
    assert "CX teller aldri i totalresultatet." in nps.rule
    assert (csat.formula, csat.has_points) == ("3 / 3 = 1,0", False)


def test_figure_without_a_contact_says_so():
    season = season_with_battery()
    enrolment = EnrolmentFactory(season=season)

    found = explain(enrolment, "total")

    assert (found.value, found.shown, found.formula, found.counted, found.unrounded) == (None, "–", "", [], "–")


def test_contacts_of_one_week_come_by_their_codes():
    enrolment = EnrolmentFactory(season=season_with_battery())
    approved(enrolment, weeks=["2021-W48"] * 3)
    for response, code in zip(enrolment.responses.order_by("pk"), "CBA", strict=True):
        enrolment.responses.filter(pk=response.pk).update(code=code)

    found = explain(enrolment, "total")

    assert [line.contact.code for line in found.counted] == ["A", "B", "C"]


def test_score_that_is_not_computed_yet_is_told_from_the_stored_one(one):
    approved(one, weeks=["2021-W52"], answered=False)

    found = explain(one, "total")

    assert (found.value, found.stored, found.is_current) == (59.0, 73.75, False)


@pytest.mark.parametrize(
    ("figure", "method"),
    [
        ("", ""),
        ("totals", ""),
        ("area", ""),
        ("area.gdpr", ""),
        ("question.nps", ""),
        ("cx.agent", ""),
        ("method.fax", ""),
        ("total.x", ""),
        ("total", "fax"),
        ("method.phone", "phone"),
        ("rank_class", "phone"),
    ],
)
def test_unknown_figure_is_refused(one, figure, method):
    with pytest.raises(UnknownFigure, match=re.escape(f"There is no figure “{figure}”")):
        explain(one, figure, method=method)


def test_code_of_every_figure_leads_back_to_it(one):
    battery = battery_of(one.season)

    assert [figure_of(battery, figure.code) for figure in figures_of(battery)] == list(figures_of(battery))


@pytest.mark.parametrize("contacts", [1, 3])
@pytest.mark.parametrize(
    ("figure", "queries"), [("total", 4), ("question.agent_needs", 4), ("cx.nps", 4), ("rank_overall", 3)]
)
def test_explanation_makes_as_many_queries_for_one_contact_as_for_three(count_queries, contacts, figure, queries):
    season = season_that_ranks()
    enrolment = EnrolmentFactory(season=season)
    approved(enrolment, weeks=["2021-W48"] * contacts)
    for _ in range(contacts):
        approved(EnrolmentFactory(season=season))
    scored(season)
    battery_of(season)

    with count_queries(queries):
        explain(enrolment, figure, sees_all=True)


@pytest.mark.parametrize("participants", [1, 3])
def test_mean_makes_as_many_queries_for_one_participant_as_for_three(count_queries, participants):
    season = season_that_ranks()
    for _ in range(participants):
        approved(EnrolmentFactory(season=season))
    scored(season)
    battery_of(season)

    with count_queries(4):
        explain_group(season, "total", sees_all=True)


def test_contact_tells_each_question_once(count_queries, one):
    response = one.responses.select_related("season", "enrolment__season").get(week="2021-W50")
    battery_of(one.season)

    with count_queries(2):
        found = explain_contact(response)

    counts = {line.code: line.counts for area in found.areas for line in area.questions}
    additional = next(line for area in found.areas for line in area.questions if line.code == "agent_additional")
    assert (found.points, found.possible, found.score) == (95, 95, 100.0)
    assert (additional.counts, additional.weight) == ("not_applicable", None)
    assert additional.words == "Ikke aktuelt: tatt ut av både poeng og mulige poeng."
    assert {counts["nps"], counts["agent_needs"]} == {"cx", "counted"}
    assert "agent_listened_phone" not in counts
    assert [area.code for area in found.areas] == ["waiting", "welcome", "agent", "overall", "cx"]


def test_contact_in_which_nothing_counted_has_no_score(one):
    response = one.responses.get(week="2021-W48")
    response.packed = b"\xff" * len(response.packed)

    response.save(update_fields=["packed"])

    found, area = explain_contact(response), explain(one, "area.agent")

    assert (found.points, found.possible, found.score) == (0, 0, None)
    assert {area.weight for area in found.areas} == {0}
    assert reasons(area) == {Left.UNANSWERED: ["2021-W51"], Left.NOT_APPLICABLE: ["2021-W48"]}


def test_unanswered_contact_has_0_of_all_that_its_method_can_give(one):
    response = one.responses.get(is_answered=False)

    found = explain_contact(response)

    lines = [line for area in found.areas for line in area.questions if line.possible is not None]
    assert (found.points, found.possible, found.score) == (0, 100, 0.0)
    assert {(line.counts, line.points) for line in lines} == {("unanswered", 0)}
    assert "0 av alle poengene" in found.rule
