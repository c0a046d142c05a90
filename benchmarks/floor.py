"""The floor: bare views without middleware or sign-in, what one request costs at least.

``form`` draws 45 questions from one SELECT; ``submit`` stores a report with 45 answers in one transaction; ``autosave``
is one upsert; ``page`` is 25 of 5,000 rows by an index; ``read`` is a stored table of 188 rows.
"""

import os
import random
from datetime import timedelta
from urllib.parse import urlsplit

import django
from django.conf import settings

FORM = """<!doctype html><html lang=nb><title>Skjema</title><form method=post action=/submit>{% for q in questions %}
<fieldset><legend>{{ q.text }}</legend><p>{{ q.help }}</p>
{% if q.kind == "text" %}<textarea name={{ q.code }}></textarea>
{% else %}{% for o in q.options %}<label><input type=radio name={{ q.code }} value={{ o }}> {{ o }}</label>{% endfor %}
{% endif %}</fieldset>{% endfor %}<button>Send</button></form>"""
PAGE = """<!doctype html><html lang=nb><title>Liste</title><table>{% for r in rows %}<tr><td>{{ r.id }}<td>
{{ r.participant }}<td>{{ r.status }}<td>{{ r.submitted|date:"c" }}{% endfor %}</table>"""
TABLE = """<!doctype html><html lang=nb><title>Resultat</title><table>{% for r in rows %}<tr>{% for c in r %}<td>{{ c }}
{% endfor %}{% endfor %}</table>"""


def _configure() -> None:
    url = urlsplit(os.environ["FLOOR_DATABASE_URL"])
    database = {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": url.path.lstrip("/"),
        "USER": url.username,
        "PASSWORD": url.password,
        "HOST": url.hostname,
        "PORT": url.port,
        "CONN_MAX_AGE": None,
    }
    loader = ("django.template.loaders.locmem.Loader", {"form.html": FORM, "page.html": PAGE, "table.html": TABLE})
    settings.configure(
        DEBUG=False,
        SECRET_KEY="floor " * 10,
        ALLOWED_HOSTS=["127.0.0.1"],
        ROOT_URLCONF="benchmarks.floor",
        USE_TZ=True,
        INSTALLED_APPS=[],
        MIDDLEWARE=[],
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        DATABASES={"default": database},
        TEMPLATES=[
            {
                "BACKEND": "django.template.backends.django.DjangoTemplates",
                "OPTIONS": {"loaders": [("django.template.loaders.cached.Loader", [loader])]},
            }
        ],
    )
    django.setup()


_configure()

from django.core.wsgi import get_wsgi_application  # noqa: E402 -- the settings come first
from django.db import connection, models, transaction  # noqa: E402 -- the settings come first
from django.http import HttpRequest, HttpResponse  # noqa: E402 -- the settings come first
from django.template.loader import get_template  # noqa: E402 -- the settings come first
from django.urls import path  # noqa: E402 -- the settings come first
from django.utils import timezone  # noqa: E402 -- the settings come first

SCALES = {"csat": (1, 5), "ces": (1, 7), "nps": (0, 10), "ves1": (1, 7), "ves2": (1, 7)}
COMMENT = "Kundebehandleren var blid og imøtekommende, og sjekket at jeg hadde fått svar på det jeg lurte på. " * 2


class Question(models.Model):
    code = models.CharField(max_length=10, unique=True)
    text = models.TextField()
    help = models.TextField()
    kind = models.CharField(max_length=8)
    choices = models.TextField()

    class Meta:
        app_label = "floor"

    def __str__(self) -> str:
        return self.code

    @property
    def options(self) -> list[str]:
        return self.choices.split(",")


class Report(models.Model):
    participant = models.IntegerField()
    status = models.SmallIntegerField()
    submitted = models.DateTimeField()

    class Meta:
        app_label = "floor"
        indexes = [models.Index(fields=["status", "-submitted"], name="floor_queue")]

    def __str__(self) -> str:
        return str(self.pk)


class Answer(models.Model):
    report = models.ForeignKey(Report, models.CASCADE)
    question = models.SmallIntegerField()
    value = models.SmallIntegerField(null=True)
    text = models.TextField(default="")

    class Meta:
        app_label = "floor"
        constraints = [models.UniqueConstraint(fields=["report", "question"], name="floor_answer_once")]

    def __str__(self) -> str:
        return str(self.pk)


class Stored(models.Model):
    data = models.JSONField()

    class Meta:
        app_label = "floor"

    def __str__(self) -> str:
        return str(self.pk)


MODELS = (Question, Report, Answer, Stored)


def _draw(name: str, **context: object) -> HttpResponse:
    return HttpResponse(get_template(name).render(context))


def form(_request: HttpRequest) -> HttpResponse:
    """Draw the form."""
    return _draw("form.html", questions=list(Question.objects.order_by("id")))


def submit(request: HttpRequest) -> HttpResponse:
    """Store a report with all its answers."""
    with transaction.atomic():
        report = Report.objects.create(participant=1, status=9, submitted=timezone.now())
        Answer.objects.bulk_create(_answer(report, question, request) for question in Question.objects.order_by("id"))
    return HttpResponse("ok")


def _answer(report: Report, question: Question, request: HttpRequest) -> Answer:
    said = request.POST[question.code]
    if question.kind == "text":
        return Answer(report=report, question=question.pk, text=said)
    return Answer(report=report, question=question.pk, value=int(said))


def autosave(request: HttpRequest) -> HttpResponse:
    """Store one answer."""
    values = {name: int(request.POST[name]) for name in ("report", "question", "value")}
    row = Answer(report_id=values["report"], question=values["question"], value=values["value"])
    Answer.objects.bulk_create(
        [row], update_conflicts=True, unique_fields=["report", "question"], update_fields=["value"]
    )
    return HttpResponse("ok")


def page(request: HttpRequest) -> HttpResponse:
    """List 25 reports."""
    rows = Report.objects.filter(status=int(request.GET.get("status", 1))).order_by("-submitted")[:25]
    return _draw("page.html", rows=list(rows))


def read(_request: HttpRequest) -> HttpResponse:
    """Show the stored table."""
    return _draw("table.html", rows=Stored.objects.get(pk=1).data)


urlpatterns = [path(view.__name__, view) for view in (form, submit, autosave, page, read)]
application = get_wsgi_application()


def fill(reports: int = 5000) -> None:
    """Make the tables and their rows."""
    with connection.schema_editor() as editor:
        for model in MODELS:
            editor.create_model(model)
    Question.objects.bulk_create(_questions())
    draw, first = random.Random(7), timezone.now() - timedelta(days=120)
    made = Report.objects.bulk_create(
        Report(participant=n % 188, status=draw.choice([1, 1, 2, 3]), submitted=first + timedelta(minutes=17 * n))
        for n in range(reports)
    )
    for start in range(0, reports, 200):
        Answer.objects.bulk_create(
            Answer(report=report, question=number, value=draw.randint(0, 5))
            for report in made[start : start + 200]
            for number in range(1, 46)
        )
    Stored.objects.create(pk=1, data=[[n, 25, *[round(draw.uniform(50, 95), 1)] * 7] for n in range(188)])
    with connection.cursor() as cursor:
        cursor.execute("analyze")


def _questions() -> list[Question]:
    text = "Opplevde du at kundebehandleren gjennomførte prestasjonen slik den er beskrevet i prosjektmanualen?"
    plain = [
        Question(code=f"q{n:02}", text=text, help="Svar ut fra dialogen.", kind="choice", choices="0,1,2")
        for n in range(37)
    ]
    scales = [
        Question(code=code, text=text, help="Skala", kind="choice", choices=",".join(map(str, range(low, high + 1))))
        for code, (low, high) in SCALES.items()
    ]
    return [
        *plain,
        *scales,
        *[Question(code=f"k{n}", text=text, help="Skriv.", kind="text", choices="") for n in range(3)],
    ]


def filled_form() -> dict[str, str]:
    """Return what a whole report says."""
    chosen = {f"q{n:02}": "1" for n in range(37)} | dict.fromkeys(SCALES, "4")
    return chosen | {f"k{n}": COMMENT for n in range(3)}


if __name__ == "__main__":
    fill()
