"""Components: what they draw, and that a mistake in using one is noticed."""

import re
from pathlib import Path

import pytest
from django import forms
from django.core.paginator import Paginator
from django.template import Context, RequestContext, Template, TemplateSyntaxError
from django.test import RequestFactory
from django.utils import translation

from ksp.lib import icons
from ksp.lib.templatetags import components
from ksp.lib.templatetags.figures import Links

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"


@pytest.fixture(autouse=True)
def _norwegian():
    with translation.override("nb"):
        yield


def draw(source, path="/", **context):
    loaded = Template("{% load components fields figures norwegian %}" + source)
    return " ".join(loaded.render(RequestContext(RequestFactory().get(path), context)).split())


class ExampleForm(forms.Form):
    name = forms.CharField(label="Navn", help_text="Slik det står i avtalen.")
    note = forms.CharField(label="Merknad", required=False, widget=forms.Textarea(attrs={"placeholder": "Skriv"}))
    method = forms.ChoiceField(label="Måte", choices=[("phone", "Telefon")], widget=forms.RadioSelect)
    ready = forms.BooleanField(label="Klar")
    token = forms.CharField(widget=forms.HiddenInput, initial="abc", required=False)


@pytest.mark.parametrize(
    "source",
    [
        "{% panel %}{% endpanel %}",
        '{% panel heading="A" colour="red" %}{% endpanel %}',
        "{% chip %}",
        '{% button_link "A" %}',
        "{% page_heading %}{% endpage_heading %}",
        '{% score "Total" 70 %}',
        "{% confirm_dialog %}{% endconfirm_dialog %}",
    ],
)
def test_a_missing_or_unknown_argument_stops_the_template(source):
    with pytest.raises((TemplateSyntaxError, TypeError)):
        draw(source)


@pytest.mark.parametrize(
    "source",
    [
        '{% icon "phoen" %}',
        '{% chip "A" "red" %}',
        '{% button_link "A" "/" variant="big" %}',
        '{% method_chip "fax" %}',
        '{% state_chip "lost" "Lost" %}',
        '{% distribution "A" counts "pie" %}',
    ],
)
def test_a_value_nobody_has_made_stops_the_page(source):
    with pytest.raises(ValueError, match="There is no"):
        draw(source, counts={1: 1})


def test_every_icon_named_in_code_is_drawn():
    named = {drawn for _variant, drawn in components.STATES.values()} | set(icons.METHOD_ICONS.values())
    for path in TEMPLATES.rglob("*.html"):
        named |= set(re.findall(r'{% icon "([^"]+)"', path.read_text(encoding="utf-8")))

    assert named - icons.names() == set()


def test_an_icon_is_silent_and_comes_from_the_sprite():
    assert draw('{% icon "phone" %}') == (
        '<svg class="icon" aria-hidden="true" focusable="false"><use href="/static/ksp/icons.svg#phone"/></svg>'
    )


def test_text_from_people_is_escaped():
    drawn = draw("{% chip text %}{% card heading=text %}{% endcard %}", text="<script>")

    assert "<script>" not in drawn
    assert drawn.count("&lt;script&gt;") == 2


def test_a_late_chip_never_speaks_by_colour_alone():
    assert draw('{% chip "1 dag over" "late" %}').count("#triangle-alert") == 1


def test_a_panel_is_named_by_its_heading():
    drawn = draw('{% panel heading="Når vi i mål?" note="n = 24" %}<p>Ja</p>{% endpanel %}')

    assert 'aria-labelledby="når-vi-i-mål"' in drawn
    assert 'id="når-vi-i-mål">Når vi i mål?</h2>' in drawn
    assert drawn.endswith("<p>Ja</p> </section>")


def test_a_page_heading_shows_actions_only_where_there_are_some():
    without = draw('{% page_heading title="Sesonger" %} {% endpage_heading %}')
    with_one = draw('{% page_heading title="Sesonger" %}{% button_link "Ny" "/new" %}{% endpage_heading %}')

    assert ("actions" in without, "actions" in with_one) == (False, True)
    assert '<a class="ds-button" data-variant="primary" href="/new">Ny</a>' in with_one


def test_a_field_ties_label_help_and_error_to_its_control():
    drawn = draw("{% field form.name %}", form=ExampleForm({"name": ""}))

    assert '<label class="ds-label" for="id_name">Navn</label>' in drawn
    assert 'aria-describedby="id_name_help id_name_error"' in drawn
    assert 'aria-invalid="true"' in drawn
    assert '<p class="ds-validation-message" id="id_name_error">' in drawn


def test_a_field_has_its_label_and_no_placeholder():
    drawn = draw("{% field form.note %}", form=ExampleForm())

    assert "placeholder" not in drawn
    assert "(valgfritt)" in drawn


def test_choices_are_a_group_under_their_question():
    drawn = draw("{% field form.method %}", form=ExampleForm())

    assert '<legend class="ds-label">Måte</legend>' in drawn
    assert 'type="radio" name="method" value="phone" class="ds-input"' in drawn


def test_all_fields_of_a_form_are_drawn():
    drawn = draw("{% form_fields form %}", form=ExampleForm())

    assert re.findall(r'name="(\w+)"', drawn) == ["token", "name", "note", "method", "ready"]


def test_the_error_summary_leads_to_each_field():
    drawn = draw("{% error_summary form %}", form=ExampleForm({"name": ""}))

    assert re.findall(r'href="#([^"]+)"', drawn) == ["id_name", "id_method", "id_ready"]
    assert draw("{% error_summary form %}", form=ExampleForm()) == ""


def test_pagination_keeps_filters_and_marks_the_page():
    page = Paginator(range(188), 12).page(3)

    drawn = draw("{% pagination page %}", "/?class=strom&page=3", page=page)

    assert "25–36 av 188" in drawn
    assert 'href="?class=strom&amp;page=4" aria-label="Neste side"' in drawn
    assert drawn.count('aria-current="true"') == 1


def test_a_list_of_one_page_has_no_pager():
    drawn = draw("{% pagination page %}", page=Paginator([1], 12).page(1))

    assert ("1–1 av 1" in drawn, "<nav" in drawn) == (True, False)


def test_a_score_stands_with_n_and_its_interval_in_words():
    drawn = draw(
        '{% score "Totalresultat" 70.9 25 bounds=b class_mean=68.2 season_mean=66.9 start=40 %}', b=(63.2, 77.4)
    )

    assert 'aria-label="Totalresultat 70,9, trolig mellom 63,2 og 77,4. Klassen 68,2 · sesongen 66,9"' in drawn
    assert '<rect x="38.67%" width="23.67%"' in drawn
    assert '<circle cx="51.50%"' in drawn
    assert '(<span class="nowrap">95 %-intervall,</span> <span class="nowrap">n = 25)</span>' in drawn


def test_a_score_without_comparison_has_no_ruler_but_n():
    drawn = draw('{% score "Total" 70.9 25 %}')

    assert ("<svg" in drawn, "n = 25" in drawn) == (False, True)


def test_no_score_is_a_dash():
    assert '<p class="score-num">–</p>' in draw('{% score "Total" None 0 %}')


def test_a_ruler_that_would_cut_a_value_begins_at_nought():
    drawn = draw('{% score "Total" 35 25 class_mean=68 start=40 %}')

    assert '<circle cx="35.00%"' in drawn


@pytest.mark.parametrize(
    ("value", "words"), [(70.0, "2,0 over klassen"), (66.0, "2,0 under klassen"), (68.04, "likt med klassen")]
)
def test_an_area_bar_says_its_difference(value, words):
    drawn = draw('{% area_bar "Velkomst" value class_mean=68 season_mean=60 %}', value=value)

    assert f"<strong>{words}</strong>" in drawn
    assert f'<rect width="{value:.2f}%"' in drawn


@pytest.mark.parametrize(
    ("difference", "words"),
    [
        ((2.0, -1.0, 5.0), "(−1,0 til +5,0: ikke sikkert forskjellig fra klassen)"),
        ((2.0, 0.0, 5.0), "(0,0 til +5,0: ikke sikkert forskjellig fra klassen)"),
        ((2.0, 0.5, 5.0), "(+0,5 til +5,0: mer enn tilfeldigheter)"),
        ((-2.0, -5.0, -0.5), "(−5,0 til −0,5: mer enn tilfeldigheter)"),
    ],
)
def test_a_difference_says_whether_it_is_more_than_chance(difference, words):
    bar = draw('{% area_bar "Velkomst" 70 class_mean=68 difference=d %}', d=difference)
    score = draw('{% score "Total" 70 25 class_mean=68 note="2,0 over klassen" difference=d %}', d=difference)

    assert f"</strong> {words}</p>" in bar
    assert f"2,0 over klassen {words}</p>" in score


def test_an_area_bar_draws_and_writes_its_interval():
    drawn = draw('{% area_bar "Velkomst" 70 bounds=b %}', b=(61.5, 77.25))

    assert '<rect x="61.50%" width="15.75%" y="7"' in drawn
    assert "95 %-intervall 61,5–77,3" in drawn


@pytest.mark.parametrize(
    ("value", "bounds", "ends", "drawn_at"),
    [
        (3.0, (2.0, 4.5), (1, 5), ["50.00%", "25.00%", "62.50%", ""]),
        (0.0, (-150.0, 150.0), (-100, 100), ["50.00%", "0.00%", "100.00%", "50.00%"]),
    ],
)
def test_a_line_of_its_own_scale_shows_value_band_and_nought(value, bounds, ends, drawn_at):
    drawn = draw(
        '{% interval_line "CSAT" value b low=low high=high %}', value=value, b=bounds, low=ends[0], high=ends[1]
    )

    dot = re.search(r'<circle cx="([^"]+)"', drawn)[1]
    band = re.search(r'<rect x="([^"]+)" width="([^"]+)"', drawn).groups()
    nought = re.search(r'<line x1="([^"]+)" x2="[^"]+" y1="1"', drawn)
    assert [dot, *band, nought[1] if nought else ""] == drawn_at
    assert 'aria-label="CSAT"' in drawn


def test_a_line_without_an_interval_has_no_band():
    assert "<rect" not in draw('{% interval_line "CSAT" 3 None low=1 high=5 %}')


def test_a_share_is_drawn_against_the_largest():
    drawn = draw('{% share_bar "Velkomst" 20 text="20 %" bounds=b most=40 %}', b=(10, 60))

    assert re.findall(r'width="([0-9.]+%)"', drawn) == ["100%", "50.00%", "75.00%"]
    assert '<rect x="25.00%"' in drawn


def test_likely_places_are_tinted_beside_the_own():
    loaded = Template('{% load places %}{% place_strip "3. plass" 3 5 likely %}')

    drawn = loaded.render(Context({"likely": (2, 4)}))

    fills = re.findall(r'rx="6" fill="(#[0-9a-f]+)"', drawn)
    assert fills == ["#f1eee8", "#cfe2e4", "#0b5a66", "#cfe2e4", "#f1eee8"]


def test_a_distribution_counts_every_answer_and_tells_critics_from_promoters():
    drawn = draw('{% distribution "NPS" counts "nps" %}', counts={0: 1, 8: 2, 10: 4})

    assert re.findall(r'rx="2" fill="(#[0-9a-f]+)"', drawn) == ["#b0600f", "#6f787b", "#0b5a66"]
    assert "0: 1. 8: 2. 10: 4." in drawn


@pytest.mark.parametrize(
    ("value", "step"), [(None, ""), (44.9, "h0"), (45, "h1"), (69.9, "h2"), (70, "h3"), (100, "h4")]
)
def test_heat_has_five_steps(value, step):
    assert draw("{{ value|heat }}", value=value) == step


def test_a_dialog_is_a_form_that_is_sent_once():
    drawn = draw(
        '{% confirm_dialog key="reject" heading="Avvise?" action="/x" button="Avvis" tone="danger" %}'
        "<p>Planlegges på nytt.</p>{% endconfirm_dialog %}"
    )

    assert '<dialog class="ds-dialog" id="reject" aria-labelledby="reject-title">' in drawn
    assert '<form class="stack-s" method="post" action="/x" data-once>' in drawn
    assert '<button class="ds-button" type="submit" data-color="danger">Avvis</button>' in drawn


@pytest.mark.parametrize("path", sorted(TEMPLATES.rglob("*.html")), ids=lambda path: str(path.relative_to(TEMPLATES)))
def test_a_template_has_no_inline_style_or_script(path):
    source = path.read_text(encoding="utf-8")

    assert not re.search(r"\sstyle=|<style|\son[a-z]+=|<script(?![^>]*\ssrc=)", source)
    assert len(source.splitlines()) <= 120


@pytest.mark.parametrize("code", ["400", "403", "403_csrf", "404", "413", "429", "500"])
def test_an_error_page_needs_no_context(code):
    drawn = Template((TEMPLATES / f"{code}.html").read_text(encoding="utf-8")).render(Context())

    assert drawn.count("<h1") == 1
    assert "language" not in drawn


LINKS = Links(own="/own/", award_class="/class/", season="/season/")


@pytest.mark.parametrize(
    "source",
    [
        '{% score "Total" 81.4 25 class_mean=70 season_mean=72.5 links=links %}',
        '{% area_bar "Total" 81.4 class_mean=70 season_mean=72.5 links=links %}',
    ],
)
def test_a_score_and_its_means_lead_to_how_they_came_about(source):
    drawn, plain = draw(source, links=LINKS), draw(source)

    assert '<a class="explained" href="/own/" aria-label="Total 81,4: se hvordan det er regnet ut">81,4</a>' in drawn
    assert (
        '<a class="explained" href="/class/" aria-label="Total, klassen 70,0: se hvordan det er regnet ut">'
        "Klassen 70,0</a>"
    ) in drawn
    assert 'href="/season/"' in drawn
    assert "<a " not in plain


def test_a_score_that_is_not_there_leads_nowhere():
    assert "<a " not in draw('{% score "Total" None 0 links=links %}', links=LINKS)
