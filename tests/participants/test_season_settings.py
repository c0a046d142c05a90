from dataclasses import fields

from participants.season_forms import GROUPS, PART, SettingsForm
from participants.season_settings import DEFAULT_WEIGHTS, FIXED_BY_OPENING, SeasonSettings
from tests.factories.participants import SeasonFactory

NAMES = {item.name for item in fields(SeasonSettings)}
# Changed on pages of their own; that of the results shows what they would move.
ABOUT_RESULTS = {
    "mean",
    "least_contacts_ranked",
    "least_contacts_method",
    "least_class_size",
    "areas_over_all",
    "ties",
    "best_on",
    "intervals_for",
    "probabilities_for",
}
ABOUT_PLANNING = {
    "closed_on",
    "least_working_days",
    "plan_weights",
    "offer_days",
    "week_change_limit",
    "letters_wait_minutes",
}


def form_of(season, **changes):
    data = {
        name: field.get_bound_field(SettingsForm(season=season), name).initial for name, field in every_field(season)
    }
    return SettingsForm(data | changes, season=season)


def every_field(season):
    return SettingsForm(season=season).fields.items()


def test_nothing_stored_gives_the_defaults():
    assert SeasonSettings.from_dict({}) == SeasonSettings()


def test_stored_settings_come_before_the_defaults_and_unknown_names_are_left_out():
    settings = SeasonSettings.from_dict({"phone_limit": 120, "colour": "red"})

    assert (settings.phone_limit, settings.chat_limit) == (120, 300)


def test_settings_survive_being_stored():
    settings = SeasonSettings(phone_limit=60, method_weights={"phone": 1, "email": 2, "chat": 3, "messenger": 4})

    assert SeasonSettings.from_dict(settings.to_dict()) == settings


def test_changing_one_seasons_weights_leaves_the_defaults_alone():
    SeasonSettings().method_weights["phone"] = 99

    assert SeasonSettings().method_weights == DEFAULT_WEIGHTS


def test_what_opening_fixes_is_among_the_settings():
    assert FIXED_BY_OPENING <= NAMES


def test_form_has_a_field_with_words_for_every_setting_that_has_no_page_of_its_own():
    named = {setting.name.partition(PART)[0] for _heading, settings in GROUPS for setting in settings}

    assert named == NAMES - ABOUT_RESULTS - ABOUT_PLANNING
    assert all(str(setting.label) for _heading, settings in GROUPS for setting in settings)


def test_form_gives_back_the_settings_it_was_filled_with():
    season = SeasonFactory.build()

    form = form_of(season)

    assert form.is_valid()
    assert SeasonSettings.from_dict(form.settings) == SeasonSettings()


def test_form_keeps_to_the_limits():
    season = SeasonFactory.build()

    wrong = {"phone_limit": 0, "employees_informed": "ask", "retention_months": 1000, "graded_reports": "to"}
    assert set(form_of(season, **wrong).errors) == set(wrong)


def test_form_wants_the_weights_in_a_grade_to_be_a_hundred():
    form = form_of(SeasonFactory.build(), **{f"grade_weights{PART}content": 41})

    assert form.non_field_errors() == ["Vektene i en karakter er 101 til sammen. Gjør dem til 100."]


def test_form_wants_some_method_to_have_a_weight():
    form = form_of(SeasonFactory.build(), **{f"method_weights{PART}{method}": 0 for method in DEFAULT_WEIGHTS})

    assert form.non_field_errors() == ["Minst én kontaktmåte må ha vekt over 0."]


def test_form_of_an_open_season_takes_nothing_of_what_is_fixed():
    form = form_of(SeasonFactory.build(open=True), phone_limit=60, review_working_days=5)

    assert form.is_valid()
    assert (form.settings["phone_limit"], form.settings["review_working_days"]) == (300, 5)
