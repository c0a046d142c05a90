"""Small questionnaires and reports, by hand and drawn by Hypothesis, with an oracle in fractions."""

from dataclasses import dataclass, field
from fractions import Fraction

from hypothesis import strategies as st

from scoring.engine.battery import METHODS, Battery, OptionSpec, QuestionSpec
from scoring.engine.reports import Reports, pack

AREAS = ("waiting", "welcome", "agent", "overall")
YES_NO = (OptionSpec(10), OptionSpec(0), OptionSpec(0, not_applicable=True))
NPS = tuple(OptionSpec(value=step) for step in range(11))
CSAT = tuple(OptionSpec(value=step) for step in range(1, 6))
SPECS = (
    QuestionSpec("wait", "waiting", "waiting", METHODS, [OptionSpec(p) for p in (5, 3, 1, 0)]),
    QuestionSpec("name", "welcome", "scored", METHODS, YES_NO),
    QuestionSpec("site", "welcome", "unscored", METHODS, YES_NO),
    QuestionSpec("listen", "agent", "scored", ("phone",), [OptionSpec(6), OptionSpec(2), OptionSpec(0)]),
    QuestionSpec("spelling", "agent", "scored", ("email", "chat"), YES_NO),
    QuestionSpec("liking", "overall", "scored", METHODS, YES_NO),
    QuestionSpec("data", "gdpr", "unscored", METHODS, YES_NO),
    QuestionSpec("nps", "cx", "cx", METHODS, NPS),
    QuestionSpec("csat", "cx", "cx", METHODS, (*CSAT, OptionSpec(not_applicable=True))),
    QuestionSpec("words", "overall", "comment", METHODS),
)


@dataclass(frozen=True)
class Report:
    """A report in plain words."""

    id: int = 1
    enrolment: int = 1
    method: str = "phone"
    week: int = 202148
    answered: bool = True
    answers: dict[str, int] = field(default_factory=dict)


def battery(specs=SPECS):
    return Battery.build(areas=AREAS, questions=specs)


def arrays(built, reports):
    rows = [(r.id, r.enrolment, r.method, r.week, r.answered, pack(built, r.answers)) for r in reports]
    return Reports.from_rows(built, rows)


@st.composite
def questionnaires(draw):
    specs = []
    for number in range(draw(st.integers(1, 6))):
        kind = draw(st.sampled_from(("waiting", "scored", "scored", "unscored")))
        points = [*draw(st.lists(st.integers(0, 7), min_size=1, max_size=3)), draw(st.integers(1, 9))]
        options = [OptionSpec(p) for p in points] + [OptionSpec(0, not_applicable=True)]
        area = "waiting" if kind == "waiting" else draw(st.sampled_from(AREAS))
        methods = draw(st.sets(st.sampled_from(METHODS), min_size=1))
        specs.append(QuestionSpec(f"q{number}", area, kind, sorted(methods), options))
    return [*specs, QuestionSpec("nps", "cx", "cx", METHODS, NPS), QuestionSpec("csat", "cx", "cx", METHODS, CSAT)]


@st.composite
def seasons(draw, most=14):
    """A questionnaire with reports on it."""
    specs = draw(questionnaires())
    reports = []
    for number in range(draw(st.integers(1, most))):
        method = draw(st.sampled_from(METHODS))
        offered = [spec for spec in specs if method in spec.methods]
        chosen = {s.code: draw(st.integers(-1, len(s.options) - 1)) for s in offered}
        reports.append(
            Report(
                id=number,
                enrolment=draw(st.integers(1, 3)),
                method=method,
                answered=draw(st.sampled_from((True, True, True, False))),
                answers={code: option for code, option in chosen.items() if option >= 0},
            )
        )
    return specs, reports


# The oracle: plain Python and fractions, knowing nothing of the engine's arrays.


def contact_points(specs, report, area=None, *, over_all=()):
    """Points and possible points of one contact, as the rules say it."""
    points = possible = 0
    for spec in specs:
        if spec.kind not in ("waiting", "scored") or report.method not in spec.methods:
            continue
        if area not in (None, spec.area):
            continue
        best = max(option.points for option in spec.options)
        if not report.answered:
            possible += best if area in (None, "waiting", *over_all) else 0
        elif spec.code in report.answers and not spec.options[report.answers[spec.code]].not_applicable:
            points += spec.options[report.answers[spec.code]].points
            possible += best
    return points, possible


def mean(pairs, how="contacts"):
    """A percentage from points and possible points of contacts; None where there is nothing."""
    pairs = [pair for pair in pairs if pair[1]]
    if not pairs:
        return None
    if how == "pooled":
        return Fraction(100 * sum(p for p, _ in pairs), sum(d for _, d in pairs))
    return sum(Fraction(100 * p, d) for p, d in pairs) / len(pairs)


def question_mean(spec, reports):
    best = max(option.points for option in spec.options)
    chosen = [spec.options[r.answers[spec.code]] for r in reports if r.answered and spec.code in r.answers]
    return mean([(option.points, best) for option in chosen if not option.not_applicable])
