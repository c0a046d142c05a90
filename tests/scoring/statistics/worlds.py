"""Small seasons as arrays: who contacted whom, and what came of it."""

import numpy as np

from scoring.engine.battery import METHODS, Battery, OptionSpec, QuestionSpec
from scoring.engine.reports import Reports
from scoring.engine.rules import Rules
from scoring.statistics.estimates import SeasonContacts

AREAS = ("waiting", "welcome", "agent", "overall")
STEPS = (OptionSpec(10), OptionSpec(7), OptionSpec(3), OptionSpec(0), OptionSpec(0, not_applicable=True))
SPECS = (
    QuestionSpec("wait", "waiting", "waiting", METHODS, [OptionSpec(p) for p in (5, 4, 3, 2, 0)]),
    *(QuestionSpec(f"w{n}", "welcome", "scored", METHODS, STEPS) for n in range(2)),
    *(QuestionSpec(f"a{n}", "agent", "scored", METHODS, STEPS) for n in range(4)),
    *(QuestionSpec(f"o{n}", "overall", "scored", METHODS, STEPS) for n in range(2)),
    QuestionSpec("nps", "cx", "cx", METHODS, [OptionSpec(value=step) for step in range(11)]),
    QuestionSpec("csat", "cx", "cx", METHODS, [OptionSpec(value=step) for step in range(1, 6)]),
)
BATTERY = Battery.build(areas=AREAS, questions=SPECS)
LEVELS = (0.45, 0.3, 0.15, 0.1)


def world(*, participants=12, classes=3, contacts=25, observers=30, severity=0.0, seed=1, rules=None):
    """A season whose participants differ, with observers of that severity (in steps of a scale)."""
    rng = np.random.default_rng(seed)
    size = participants * contacts
    participant = np.repeat(np.arange(participants), contacts)
    observer = np.concatenate([rng.permutation(observers)[:contacts] for _ in range(participants)])
    quality = rng.normal(0, 0.5, participants)[participant] + rng.normal(0, severity, observers)[observer]
    answers = np.full((size, len(SPECS)), -1, np.int16)
    for place, spec in enumerate(SPECS):
        drawn = rng.normal(0, 1, size) - quality
        top = 5 if spec.kind in {"scored", "waiting"} else len(spec.options)
        steps = np.clip(np.round(1.2 + drawn), 0, min(top, 4) - (spec.kind == "scored"))
        answers[:, place] = steps if spec.kind != "cx" else top - 1 - np.clip(np.round(1 + drawn), 0, top - 1)
    answered = rng.random(size) > 0.03
    answers[~answered] = -1
    answers[(rng.random(answers.shape) < 0.05) & (np.arange(len(SPECS)) == 2) & answered[:, None]] = 4
    reports = Reports(
        id=np.arange(size, dtype=np.int64),
        enrolment=100 + participant.astype(np.int64),
        method=rng.integers(0, 3, size).astype(np.int8),
        week=(202201 + rng.integers(0, 8, size)).astype(np.int32),
        answered=answered,
        answers=answers,
    )
    class_of = {100 + key: key % classes for key in range(participants)}
    return SeasonContacts(BATTERY, rules or Rules(), reports, 500 + observer.astype(np.int64), class_of)


def shuffled(contacts, seed=3):
    """The same season with its reports in another order."""
    order = np.random.default_rng(seed).permutation(len(contacts.reports))
    return SeasonContacts(
        contacts.battery, contacts.rules, contacts.reports.take(order), contacts.observer[order], contacts.class_of
    )
