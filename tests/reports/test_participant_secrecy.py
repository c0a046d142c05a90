"""A participant reads every page it can reach, and nowhere finds who made a contact, nor when in a week."""

import re
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

import pytest
from django.urls import reverse

from participants.models import Package
from responses.models import Answer
from tests.factories.accounts import UserFactory
from tests.factories.observers import ObserverFactory
from tests.factories.participants import EnrolmentFactory
from tests.factories.responses import filled_response
from tests.reports.scenes import approved, enrolled, judged, scored, season_that_ranks

pytestmark = pytest.mark.django_db
# Why a place is what it is can be read when the list is public.
PLACE_EXPLAINED = re.compile(r"/explain/[^/]+/[^/]+/rank_(class|overall)/")
OWN_PAGES = ("/dashboard/", "/explain/", "/results/")
TIMES = re.compile(
    r"\bkl\.|\b\d{1,2}:\d{2}\b|\d{4}-\d{2}-\d{2}|\b\d{1,2}\.\s*(?:januar|februar|mars|november|desember)|\b\d{1,2}\.\d{1,2}\.20\d{2}",
    re.IGNORECASE,
)


class Links(HTMLParser):
    """Collects where a page leads."""

    def __init__(self, page):
        super().__init__()
        self.found = []
        self.feed(page.content.decode())

    def handle_starttag(self, tag, attributes):
        address = dict(attributes).get("href")
        if tag == "a" and address:
            self.found.append(address)


def crawl(browser, start):
    """Give every page of the site that can be reached from one, by its address."""
    waiting, pages = [start], {}
    while waiting:
        address = waiting.pop()
        page = browser.get(address)
        pages[address] = page
        for link in Links(page).found if page["Content-Type"].startswith("text/html") else ():
            target = urlsplit(urljoin(f"http://testserver{address}", link))
            path = f"{target.path}?{target.query}" if target.query else target.path
            if target.netloc == "testserver" and path not in pages and path not in waiting:
                waiting.append(path)
    return pages


def whole(page):
    """Give all that reaches the browser, but for the cookies' own dates."""
    headers = "\n".join(f"{name}: {value}" for name, value in page.headers.items() if name != "Date")
    return f"{headers}\n{page.content.decode()}"


@pytest.fixture
def scene():
    """A participant with contacts in every state, made by observers one would recognise, and a rival."""
    season = season_that_ranks()
    enrolment, user = enrolled(season, package=Package.COMPETITOR, participant__name="Trollbekk Strøm")
    rival = EnrolmentFactory(season=season, participant__name="Rivalen Kraft", award_class=enrolment.award_class)
    observers = [
        ObserverFactory(
            organiser=season.organiser,
            code=f"PSEUDO-{number}",
            first_name=f"Zebulon{number}",
            last_name=f"Qvistgaard{number}",
            user=UserFactory(organiser=season.organiser, name=f"Zebulon{number} Qvistgaard{number}"),
        )
        for number in range(6)
    ]
    responses = [
        *approved(enrolment, observer=observers[0]),
        *approved(enrolment, observer=observers[1], method="email", weeks=["2022-W02"]),
        *approved(enrolment, observer=observers[2], answered=False),
    ]
    approved(rival)
    hidden = [
        filled_response(state, season=season, enrolment=enrolment, observer=ObserverFactory(organiser=season.organiser))
        for state in ("draft", "submitted", "returned", "rejected")
    ]
    Answer.objects.filter(response__in=hidden).exclude(text="").update(text="Ikke lest av noen")
    scored(season)
    judged(season)
    return season, user, observers, responses, hidden


def test_crawl_reaches_every_kind_of_page(scene, browser_of):
    _, user, _, responses, _ = scene

    pages = crawl(browser_of(user), "/dashboard/")

    expected = {reverse(f"reports:{name}") for name in ("dashboard", "drivers", "answers", "comments", "results")}
    expected |= {reverse("reports:answer", args=[response.public_id]) for response in responses}
    expected |= {reverse("reports:explain_contact", args=[response.public_id]) for response in responses}
    enrolment = responses[0].enrolment
    keys = [enrolment.season.code, enrolment.participant.public_id]
    expected |= {reverse("reports:explain", args=[*keys, figure]) for figure in ("total", "area.agent", "rank_class")}
    expected.add(reverse("reports:explain_class", args=[keys[0], enrolment.award_class_id, "cx.nps"]))
    expected.add(reverse("reports:explain_season", args=[keys[0], "total"]))
    assert expected <= {address.partition("?")[0] for address in pages}
    assert {address for address in expected if pages[address].status_code != 200} == set()


def test_nothing_tells_who_made_a_contact(scene, browser_of):
    _, user, observers, responses, _ = scene
    people = [response.reviewed_by for response in responses] + [observer.user for observer in observers]
    secrets = {
        *(secret for one in observers for secret in (one.first_name, one.last_name, one.code, str(one.public_id))),
        *(secret for one in people for secret in (one.name, one.email, str(one.public_id))),
    }

    pages = crawl(browser_of(user), "/dashboard/")

    assert [(address, secret) for address, page in pages.items() for secret in secrets if secret in whole(page)] == []


def test_nothing_tells_when_in_a_week_a_contact_was_made(scene, browser_of):
    _, user, _, _, _ = scene

    pages = crawl(browser_of(user), "/dashboard/")

    own = {address: page for address, page in pages.items() if address.startswith(OWN_PAGES)}
    assert len(own) > 8
    assert [(address, TIMES.findall(whole(page))) for address, page in own.items() if TIMES.search(whole(page))] == []


def test_nothing_shows_a_report_that_is_not_approved(scene, browser_of):
    _, user, _, _, hidden = scene
    secrets = {"Ikke lest av noen", *(secret for one in hidden for secret in (one.code, str(one.public_id)))}

    pages = crawl(browser_of(user), "/dashboard/")

    assert [(address, secret) for address, page in pages.items() for secret in secrets if secret in whole(page)] == []


def test_other_participants_are_named_in_the_public_list_alone(scene, browser_of):
    season, user, _, _, _ = scene
    type(season).objects.filter(pk=season.pk).update(state="published", published_at=season.opened_at)
    season.refresh_from_db()
    scored(season)

    pages = crawl(browser_of(user), "/dashboard/")

    naming = {address.partition("?")[0] for address, page in pages.items() if "Rivalen Kraft" in whole(page)}
    assert {address for address in naming if not PLACE_EXPLAINED.fullmatch(address)} == {
        "/results/",
        f"/results/{season.code}/versions/1/",
    }
