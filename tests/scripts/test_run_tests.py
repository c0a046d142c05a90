"""The summary of a run: what failed, and pytest's own closing lines."""

import pytest

from scripts import run_tests
from scripts.run_tests import CLOSING, Report, Round


@pytest.mark.parametrize(
    "line",
    ["===== 3 passed in 0.01s =====", "== 1 failed, 2 passed, 1 skipped in 3s ==", "==== 5 deselected in 0.1s ===="],
)
def test_closing_line_is_recognised(line):
    assert CLOSING.match(line)


@pytest.mark.parametrize("line", ["=== short test summary info ===", "3 passed", "==== FAILURES ===="])
def test_other_line_is_not_taken_for_a_closing_line(line):
    assert not CLOSING.match(line)


@pytest.mark.parametrize(("failed", "status"), [([], 0), (["types"], 1)])
def test_report_ends_with_the_closing_lines(failed, status, capsys):
    report = Report()
    report.failed, report.closing = failed, ["== 1 passed ==", "== 2 passed =="]

    assert report.finish() == status
    assert capsys.readouterr().out.splitlines()[-2:] == ["== 1 passed ==", "== 2 passed =="]


def test_round_reports_a_failure_and_its_closing_line(monkeypatch, capfd):
    monkeypatch.setattr(Round, "command", lambda _self: ["sh", "-c", "echo '== 1 failed in 0.1s =='; exit 1"])
    report = Report()

    run_tests.run_round(Round("here", ""), report, {})

    assert (report.failed, report.closing) == (["tests here"], ["== 1 failed in 0.1s =="])
