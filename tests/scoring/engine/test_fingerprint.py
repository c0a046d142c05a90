from dataclasses import replace

import numpy as np

from scoring.engine.battery import OptionSpec
from scoring.engine.fingerprint import fingerprint
from scoring.engine.rules import Rules
from tests.scoring.engine.cases import SPECS, Report, arrays, battery

REPORTS = [Report(id=n, enrolment=n % 2, answers={"name": n % 3}) for n in range(5)]


def of(reports=REPORTS, specs=SPECS, rules=None):
    built = battery(specs)
    return fingerprint(built, rules or Rules(), arrays(built, reports))


def test_fingerprint_does_not_depend_on_the_order_of_reports():
    built = battery()
    reports = arrays(built, REPORTS)

    assert fingerprint(built, Rules(), reports.take(np.array([4, 2, 0, 1, 3]))) == of()


def test_fingerprint_is_the_same_in_every_installation():
    assert of() == "2d1f7a573efc25a4c006eafe252fba25237b56bd9adf09b2b6fca68180cd5e86"


def test_fingerprint_changes_with_anything_that_results_follow_from():
    first, *rest = REPORTS
    changed = [
        replace(first, id=99),
        replace(first, enrolment=7),
        replace(first, method="chat"),
        replace(first, week=202149),
        replace(first, answered=False),
        replace(first, answers={"name": 1}),
    ]
    dearer = SPECS[1]._replace(options=[OptionSpec(11), *SPECS[1].options[1:]])
    moved = SPECS[1]._replace(area="agent")

    found = {of(), *(of([report, *rest]) for report in changed), of(REPORTS[1:]), of(rules=Rules(mean="pooled"))}
    found |= {of(specs=(SPECS[0], other, *SPECS[2:])) for other in (dearer, moved)}

    assert len(found) == 11
