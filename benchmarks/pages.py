"""Pages beside the floor: processor time of application and database per request, in interleaved rounds of one run."""

import itertools
import json
import statistics
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore

from benchmarks.data import COMMENT, Filled
from benchmarks.servers import Server
from ksp.accounts.models import User
from participants.models import Season
from responses.models import SurveyResponse
from responses.questionnaires.models import QuestionKind
from responses.questionnaires.selectors import questionnaire_of
from responses.workflow import ReportState

TOKEN = "b" * 32
ROUNDS, WARM_UP = 3, 5
DONE = (200, 302)
Request = tuple[str, str, bytes | None, Mapping[str, str]]


@dataclass(frozen=True)
class Measured:
    """One page and the floor view it is held against."""

    name: str
    page: Iterator[Request]
    floor: Iterator[Request]
    goal: float
    times: int = 40


def measure_pages(app: Server, floor: Server, measured: list[Measured]) -> dict[str, Any]:
    """Return for each page the median processor time per request, the floor's, their ratio, and the goal."""
    return {item.name: _measure(app, floor, item) for item in measured}


def _measure(app: Server, floor: Server, item: Measured) -> dict[str, Any]:
    _run(app, item.page, WARM_UP)
    _run(floor, item.floor, WARM_UP)
    rounds = [(_run(floor, item.floor, item.times), _run(app, item.page, item.times)) for _ in range(ROUNDS)]
    ratios = [mine.cpu / max(bare.cpu, 1e-9) for bare, mine in rounds]
    walls = sorted(itertools.chain.from_iterable(mine.walls for _, mine in rounds))
    return {
        "cpu_ms": 1000 * statistics.median(mine.cpu for _, mine in rounds),
        "floor_cpu_ms": 1000 * statistics.median(bare.cpu for bare, _ in rounds),
        "ratio": statistics.median(ratios),
        "goal_ratio": item.goal,
        "wall_p95_ms": 1000 * walls[int(len(walls) * 0.95)],
    }


@dataclass(frozen=True)
class _Run:
    cpu: float
    walls: list[float]


def _run(server: Server, requests: Iterator[Request], times: int) -> _Run:
    walls = []
    before = server.cpu_seconds()
    for method, path, body, headers in itertools.islice(requests, times):
        started = time.perf_counter()
        status, text = server.request(method, path, body, headers)
        walls.append(time.perf_counter() - started)
        if status not in DONE:
            message = f"{method} {path} answered {status}: {text[:300]!r}"
            raise RuntimeError(message)
    return _Run((server.cpu_seconds() - before) / times, walls)


def signed_in(user: User) -> dict[str, str]:
    """Return the headers of a browser in which this person has signed in."""
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    cookies = f"{settings.SESSION_COOKIE_NAME}={session.session_key}; {settings.CSRF_COOKIE_NAME}={TOKEN}"
    return {"Cookie": cookies, "X-CSRFToken": TOKEN, "Host": "127.0.0.1"}


def get(path: str, headers: Mapping[str, str] | None = None) -> Iterator[Request]:
    """Ask for the same page again and again."""
    return itertools.repeat(("GET", path, None, headers or {}))


def post(path: str, values: Mapping[str, object], headers: Mapping[str, str] | None = None) -> Request:
    """Send a form."""
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    return "POST", path, urlencode(values).encode(), {**(headers or {}), **kind}


def _ids(filled: Filled, state: str, **filters: object) -> list[SurveyResponse]:
    found = SurveyResponse.objects.filter(season=filled.season, state=state, **filters).order_by("-pk")
    return list(found)


def form_values(season: Season, method: str, *, number: int = 0) -> dict[str, str]:
    """Return what a whole report by this method says, by question code."""
    values = {}
    for asked in questionnaire_of(season).for_method(method):
        if asked.question.kind == QuestionKind.COMMENT:
            values[asked.question.code] = COMMENT
        elif asked.question.kind != QuestionKind.WAITING:
            values[asked.question.code] = asked.options[number % len(asked.options)].code
    return values


def autosaves(filled: Filled, headers: Mapping[str, str]) -> Iterator[Request]:
    """Change one answer after the other of one draft."""
    draft = _ids(filled, ReportState.DRAFT, observer__user=filled.observer)[0]
    season, path = filled.season, f"/observer/reports/{draft.public_id}/save/"
    kind = {**headers, "Content-Type": "application/json"}
    for number in itertools.count():
        for code, value in form_values(season, draft.method, number=number).items():
            said = value + ("" if value != COMMENT else str(number))
            yield "POST", path, json.dumps({"question": code, "value": said}).encode(), kind


def submits(filled: Filled, headers: Mapping[str, str]) -> Iterator[Request]:
    """Submit one draft after the other, every answer in the request."""
    for draft in _ids(filled, ReportState.DRAFT, observer__user=filled.observer)[1:]:
        answers = form_values(filled.season, draft.method, number=1)
        page = {f"q-{code}": value for code, value in answers.items()}
        page |= {"versions": " ".join(f"{code}:1" for code in answers), "key": "once"}
        yield post(f"/observer/reports/{draft.public_id}/submit/", page, headers)


def approvals(filled: Filled, headers: Mapping[str, str]) -> Iterator[Request]:
    """Approve one submitted report after the other."""
    grade = {"grade-content": 3, "grade-instructions": 4, "grade-language": 3, "grade-punctuality": 4}
    for response in _ids(filled, ReportState.SUBMITTED):
        yield post(f"/review/{response.public_id}/approve/", {**grade, "version": response.version}, headers)


def reviews(filled: Filled, headers: Mapping[str, str]) -> Iterator[Request]:
    """Open one submitted report after the other."""
    found = _ids(filled, ReportState.SUBMITTED)[-50:]
    return itertools.cycle(("GET", f"/review/{item.public_id}/", None, headers) for item in found)


def floor_autosaves() -> Iterator[Request]:
    """Save one answer of the floor after the other."""
    for number in itertools.count():
        yield post("/autosave", {"report": 1 + number % 5000, "question": 1 + number % 45, "value": number % 5})


def all_pages(filled: Filled, filled_form: Callable[[], Mapping[str, str]]) -> list[Measured]:
    """Return every page that has a goal, in an order that leaves enough work for each."""
    observer, manager, participant = map(signed_in, (filled.observer, filled.manager, filled.participant))
    draft = _ids(filled, ReportState.DRAFT, observer__user=filled.observer)[0]
    floor_submit = itertools.repeat(post("/submit", filled_form()))
    queue = "/review/?method=phone"
    return [
        Measured("open the form", get(f"/observer/reports/{draft.public_id}/", observer), get("/form"), 4),
        Measured("autosave", autosaves(filled, observer), floor_autosaves(), 5),
        Measured("submit", submits(filled, observer), floor_submit, 5, times=30),
        Measured("queue", get(queue, manager), get("/page?status=1"), 6),
        Measured("queue, far page", get(f"{queue}&page=12", manager), get("/page?status=1"), 6),
        Measured("one report", reviews(filled, manager), get("/form"), 5),
        Measured("approve", approvals(filled, manager), floor_submit, 5, times=30),
        Measured("dashboard", get("/dashboard/", participant), get("/read"), 3),
    ]
