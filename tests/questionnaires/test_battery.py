"""The questionnaires that ship: complete, in both languages, and worth 100 by every method."""

from collections import Counter
from dataclasses import replace

import pytest

from responses import waiting
from responses.questionnaires.battery import BatteryError, available_batteries, load_battery, loader
from responses.questionnaires.battery.checks import battery_problems
from responses.questionnaires.battery.loader import read_battery

METHODS = ("phone", "email", "chat", "messenger")
WRITTEN = ("email", "chat", "messenger")
AREAS = {"waiting": 5, "welcome": 20, "agent": 50, "overall": 25}

WORDINGS = {
    "welcome_easy": "Var det enkelt å komme i kontakt med riktig kundebehandler?",
    "welcome_personal": "Opplevde du velkomsten som rutinepreget/mekanisk eller som personlig og hyggelig?",
    "welcome_names_phone": "Benyttet kundebehandleren sitt navn og navnet på selskapet i velkomsten?",
    "welcome_name_written": "Inneholdt velkomsten navnet på kundebehandleren?",
    "welcome_first_agent": "Kunne den første kundebehandleren du kom i kontakt med hjelpe deg?",
    "welcome_felt_welcome": "Følte du deg velkommen når du ble mottatt som du ble?",
    "agent_needs": "Stilte kundebehandleren deg ett eller flere spørsmål for å kartlegge ditt/dine behov?",
    "agent_listened_phone": "Opplevde du at kundebehandleren lyttet godt til det du sa?",
    "agent_understood_written": "Opplevde du at kundebehandleren forsto hvilke behov du hadde?",
    "agent_engaged": "Opplevde du kundebehandleren som engasjert i deg som kunde?",
    "agent_led": "Opplevde du at kundebehandleren styrte dialogen på en god måte?",
    "agent_plain": "Opplevde du at kundebehandleren snakket/skrev om temaet på en måte som var enkel å forstå?",
    "agent_competent": "Opplevde du kundebehandleren som kompetent og kunnskapsrik?",
    "agent_used_competence": "Opplevde du at kundebehandleren brukte sin kompetanse på en god måte, for å finne den"
    " beste løsningen for deg?",
    "agent_advice": "Opplevde du at du fikk god rådgivning og veiledning av kundebehandleren i denne dialogen?",
    "agent_additional": "Fikk du tilleggsinformasjon, alternative løsninger, foreslo kundebehandleren"
    " tilleggsprodukter/erstatningsprodukter og/eller forklarte kundebehandleren deg om andre løsninger som kanskje"
    " kunne passet bedre for deg?",
    "overall_efficient": "Oppfattet du dialogen som effektiv?",
    "overall_referred": "Ble du i løpet av dialogen henvist til hjemmesiden eller en evt. butikk?",
    "overall_impression": "Hvordan var ditt totalinntrykk av kundebehandleren?",
    "overall_valued": "Følte du deg verdsatt som mulig ny kunde i denne dialogen?",
    "overall_would_buy": "Ville du handlet med dette selskapet basert på denne kundeopplevelsen, om du hadde hatt"
    " behov for det de tilbyr?",
    "csat": "Hvor fornøyd er du med denne kundeopplevelsen?",
    "ces": "Alt i alt, hvor enkelt var det å få den hjelpen du ønsket?",
    "nps": "På en skala fra 0 til 10, hvor sannsynlig er det at du vil anbefale dette selskapet til venner eller"
    " familie?",
    "ves1": "Etter kontakten med kundesenteret/butikken er jeg i stand til å oppnå mer med selskapets"
    " produkt/tjeneste?",
    "ves2": "Etter kontakten med kundesenteret/butikken er min tillit til min beslutning om å kjøpe"
    " produktet/tjenesten høyere?",
}


@pytest.fixture(params=["KSP22", "KSP23"])
def battery(request):
    return load_battery(request.param)


def by_code(battery):
    return {question.code: question for question in battery.questions}


def changed(battery, code, /, **changes):
    """The battery with one question changed."""
    questions = (replace(q, **changes) if q.code == code else q for q in battery.questions)
    return replace(battery, questions=tuple(questions))


def test_available_batteries_are_the_two_seasons():
    assert available_batteries() == ("KSP22", "KSP23")


def test_questions_have_the_wording_of_the_survey(battery):
    questions = by_code(battery)

    assert {code: questions[code].text_nb for code in WORDINGS} == WORDINGS


@pytest.mark.parametrize("method", METHODS)
def test_every_method_reaches_the_same_points_in_every_area(battery, method):
    reached = {area: battery.possible_points(method, area) for area in AREAS}

    assert reached == AREAS
    assert sum(q.possible_points for q in battery.questions_for(method)) == 100


def test_every_scored_question_has_a_worst_alternative_worth_nothing_and_the_best_first(battery):
    for question in battery.questions:
        if question.kind == "scored":
            points = [option.points for option in question.options if not option.not_applicable]

            assert points == sorted(set(points), reverse=True), question.code
            assert points[-1] == 0, question.code


def test_not_applicable_comes_last(battery):
    for question in battery.questions:
        flags = [option.not_applicable for option in question.options]

        assert flags == sorted(flags), question.code


def test_codes_and_positions_are_unique_and_questions_follow_their_areas(battery):
    areas = [area.code for area in battery.areas]
    order = [areas.index(question.area) for question in battery.questions]

    assert max(Counter(question.code for question in battery.questions).values()) == 1
    assert max(Counter(question.position for question in battery.questions).values()) == 1
    assert order == sorted(order)


@pytest.mark.parametrize("method", METHODS)
def test_every_method_has_three_comments_five_cx_and_at_most_forty_questions(battery, method):
    kinds = Counter(question.kind for question in battery.questions_for(method))

    assert (kinds["comment"], kinds["cx"], kinds["waiting"]) == (3, 5, 1)
    assert kinds["scored"] + kinds["unscored"] + kinds["waiting"] <= 40


def test_questions_are_asked_after_the_methods_they_fit(battery):
    everywhere = {q.code for q in battery.questions if q.methods == METHODS}
    only = {q.code: q.methods for q in battery.questions if q.code not in everywhere}

    assert only == {
        "waiting_phone": ("phone",),
        "waiting_email": ("email",),
        "waiting_chat": ("chat",),
        "waiting_messenger": ("messenger",),
        "waiting_callback": ("phone",),
        "waiting_chat_partner": ("chat",),
        "welcome_names_phone": ("phone",),
        "welcome_name_written": WRITTEN,
        "agent_listened_phone": ("phone",),
        "agent_understood_written": WRITTEN,
        "agent_language_chat": ("chat", "messenger"),
        "agent_language_email": ("email",),
        "agent_closing_email": ("email",),
    }


def test_guidance_never_tells_what_counts(battery):
    words = ("poeng", "point", "score", "skår", "vekt", "weight")
    shown = [
        text.lower()
        for question in battery.questions
        if question.kind != "waiting"
        for text in (question.text_nb, question.text_en, question.help_nb, question.help_en)
    ]
    shown += [text.lower() for area in battery.areas for text in (area.intro_nb, area.intro_en)]

    assert [text for text in shown for word in words if word in text] == []


def test_unscored_questions_are_those_the_seasons_added():
    ksp22, ksp23 = (
        {q.code for q in load_battery(code).questions if q.kind == "unscored"} for code in ("KSP22", "KSP23")
    )

    assert ksp22 == {"waiting_callback", "waiting_chat_partner", "overall_referred"}
    assert ksp23 - ksp22 == {"gdpr_kept", "gdpr_used", "gdpr_deleted"}


def test_ksp23_only_adds_to_ksp22():
    old, new = load_battery("KSP22"), load_battery("KSP23")

    assert [area.code for area in old.areas] == ["waiting", "welcome", "agent", "overall", "cx"]
    assert [area.code for area in new.areas] == ["waiting", "welcome", "agent", "overall", "gdpr", "cx"]
    assert tuple(q for q in new.questions if q.area != "gdpr") == old.questions


@pytest.mark.parametrize(
    ("code", "values", "low_nb", "high_nb"),
    [
        ("csat", range(1, 6), "1", "5 – best"),
        ("ces", range(1, 8), "1", "7 – best"),
        ("nps", range(11), "0", "10 – best"),
        ("ves1", range(1, 8), "1 – helt uenig", "7 – veldig enig"),
        ("ves2", range(1, 8), "1 – mye lavere", "7 – mye høyere"),
    ],
)
def test_cx_scales_are_those_of_the_survey(battery, code, values, low_nb, high_nb):
    options = by_code(battery)[code].options

    assert [option.value for option in options] == list(values)
    assert [option.code for option in options] == [str(value) for value in values]
    assert (options[0].label_nb, options[-1].label_nb) == (low_nb, high_nb)
    assert {option.points for option in options} == {0}


@pytest.mark.parametrize(
    ("code", "points"),
    [
        (
            "waiting_phone",
            {"a1_30": 5, "a1_60": 4, "a1_120": 3, "a1_180": 2, "a1_300": 1}
            | {"a2_30": 4, "a2_60": 3, "a2_120": 2, "a2_180": 1, "a2_300": 0, "none": 0},
        ),
        ("waiting_email", {"d1": 5, "d2": 3, "d3": 1, "none": 0}),
        (
            "waiting_messenger",
            {"a1_120": 5, "a1_300": 4, "a1_600": 3, "a1_1200": 2, "a1_1800": 1}
            | {"a2_120": 4, "a2_300": 3, "a2_600": 2, "a2_1200": 1, "a2_1800": 0, "late": 0, "none": 0},
        ),
    ],
)
def test_faster_answers_earn_more(battery, code, points):
    assert {option.code: option.points for option in by_code(battery)[code].options} == points


def test_chat_waits_as_phone_does(battery):
    questions = by_code(battery)

    assert questions["waiting_chat"].options == questions["waiting_phone"].options


def test_the_last_step_is_the_limit_of_the_method(battery):
    questions, rules = by_code(battery), waiting.WaitingRules()
    last = {m: max(o.value or 0 for o in questions[f"waiting_{m}"].options) for m in METHODS}

    assert last.pop("email") == rules.email_days
    assert last == {method: rules.limit(method).total_seconds() for method in last}


def test_only_the_additional_information_is_adapted_to_the_participant(battery):
    assert [q.code for q in battery.questions if q.adaptable] == ["agent_additional"]


def test_codes_are_found_whatever_their_case():
    assert load_battery("ksp22") == load_battery("KSP22")


def test_an_unknown_battery_is_refused_by_name():
    with pytest.raises(BatteryError, match="Battery KSP07: there is none of that code, only KSP22, KSP23"):
        load_battery("KSP07")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("code = ", "the file cannot be read"),
        ("[[areas]]\ncode = 'x'", "missing"),
        ("code = 'X'\n[[questions]]\nmethods = []\nscale = 'odd'", "there is no scale “odd”"),
        ("code = 'X'\nextends = 'gone'", "Battery GONE: the file cannot be read"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(tmp_path, text, told):
    path = tmp_path / "ksp99.toml"
    path.write_text(text, encoding="utf-8")

    with pytest.raises(BatteryError, match=told):
        read_battery(path)


def test_a_file_that_breaks_a_rule_is_refused(tmp_path, monkeypatch):
    (tmp_path / "bad.toml").write_text("code = 'BAD'", encoding="utf-8")
    monkeypatch.setattr(loader, "FOLDER", tmp_path)

    with pytest.raises(BatteryError, match="Battery BAD: phone reaches 0 points in all, not 100; phone has 0 comments"):
        load_battery("BAD")


@pytest.mark.parametrize(
    ("code", "changes", "told"),
    [
        ("agent_led", {"code": "Agent-Led"}, "the code “Agent-Led” is not in snake_case"),
        ("agent_led", {"code": "agent_needs"}, "the question agent_needs is there 2 times"),
        ("agent_led", {"position": 301}, "the position 301 is there 2 times"),
        ("agent_led", {"area": "moon"}, "question agent_led is in the unknown area “moon”"),
        ("agent_led", {"kind": "odd"}, "question agent_led is of the unknown kind “odd”"),
        ("agent_led", {"methods": ("fax",)}, "question agent_led needs known methods, each once"),
        ("agent_led", {"text_en": ""}, "question agent_led has no proper text_en"),
        ("agent_led", {"help_nb": " x"}, "question agent_led has no proper help_nb"),
        ("agent_led", {"options": ()}, "question agent_led must have options unless it is a comment, and then none"),
        ("agent_led", {"kind": "unscored"}, "question agent_led must have no points"),
        ("agent_led", {"methods": ("phone",)}, "chat reaches 46 points in agent, not 50"),
        ("agent_comment", {"methods": ("phone",)}, "email has 2 comments, not 3"),
        ("waiting_chat", {"methods": ("phone",)}, "phone has 2 waiting questions, not 1"),
    ],
)
def test_a_broken_battery_is_told_what_is_wrong(code, changes, told):
    assert told in battery_problems(changed(load_battery("KSP22"), code, **changes))


@pytest.mark.parametrize(
    ("code", "option", "changes", "told"),
    [
        ("agent_led", -1, {"points": 1}, "question agent_led must have an option worth 0 and one worth more"),
        ("agent_led", 0, {"points": 2.5}, "question agent_led has points that are not whole numbers from 0 up"),
        ("agent_led", 0, {"code": "some"}, "question agent_led the option some is there 2 times"),
        ("agent_led", 0, {"code": "So me"}, "question agent_led has an option whose code is not in snake_case"),
        ("agent_led", 0, {"label_en": ""}, "question agent_led, option great, has no proper label_en"),
        ("agent_additional", -1, {"points": 1}, "question agent_additional gives points for not applicable"),
        ("csat", 0, {"value": 2}, "question csat needs a value of its own on every option"),
        ("waiting_email", -1, {"code": "never"}, "question waiting_email needs the option “none”"),
    ],
)
def test_a_broken_option_is_told_what_is_wrong(code, option, changes, told):
    battery = load_battery("KSP22")
    options = list(by_code(battery)[code].options)
    options[option] = replace(options[option], **changes)

    assert told in battery_problems(changed(battery, code, options=tuple(options)))


def test_more_than_forty_questions_are_too_many():
    battery = load_battery("KSP22")
    extra = [replace(by_code(battery)["overall_referred"], code=f"extra_{n}", position=700 + n) for n in range(20)]

    problems = battery_problems(replace(battery, questions=(*battery.questions, *extra)))

    assert problems == [
        "phone has 43 questions, more than 40",
        "email has 44 questions, more than 40",
        "chat has 44 questions, more than 40",
        "messenger has 43 questions, more than 40",
    ]
