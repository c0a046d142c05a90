import pytest

from responses.models import SurveyResponse
from responses.workflow import ReportState
from scoring import fingerprints
from scoring.fingerprints import answers_fingerprint, code_fingerprint, participant_fingerprint
from tests.scoring.seasons import report, small_season


@pytest.fixture
def source(tmp_path, monkeypatch):
    """A small source of its own, and a way to fingerprint it as it is now."""
    monkeypatch.setattr(fingerprints, "__file__", str(tmp_path / "fingerprints.py"))
    for name in ("engine", "statistics"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "one.py").write_bytes(b"1\n2\n")
    return tmp_path, code_fingerprint.__wrapped__


def test_code_is_the_same_whatever_ends_its_lines(source):
    folder, fingerprint = source
    before = fingerprint()

    (folder / "engine" / "one.py").write_bytes(b"1\r\n2\r\n")
    (folder / "engine" / "notes.txt").write_text("no source")
    (folder / "other.py").write_text("computes nothing")

    assert fingerprint() == before
    assert len(before) == 64


@pytest.mark.parametrize("folder", ["engine", "statistics"])
def test_code_is_another_when_a_file_has_another_content_or_name(source, folder):
    root, fingerprint = source
    found = {fingerprint()}

    (root / folder / "one.py").write_bytes(b"1\n3\n")
    found.add(fingerprint())
    (root / folder / "one.py").rename(root / folder / "two.py")
    found.add(fingerprint())
    (root / folder / "new.py").touch()
    found.add(fingerprint())

    assert len(found) == 4


@pytest.mark.django_db
@pytest.mark.parametrize(
    "change",
    [
        {"is_answered": False},
        {"week": "2021-W47"},
        {"week": "2020-W48"},
        {"method": "email"},
        {"code": "K-Ø"},
    ],
    ids=str,
)
def test_answers_are_others_when_anything_of_a_report_is(change):
    season, (enrolment, other, *_) = small_season()
    own = report(enrolment, state=ReportState.APPROVED)
    report(other, state=ReportState.APPROVED)
    SurveyResponse.objects.filter(pk=own.pk).update(week="2021-W48", method="phone", is_answered=True)
    before = answers_fingerprint(season), participant_fingerprint(enrolment), participant_fingerprint(other)

    SurveyResponse.objects.filter(pk=own.pk).update(**change)

    after = answers_fingerprint(season), participant_fingerprint(enrolment), participant_fingerprint(other)
    assert [old == new for old, new in zip(before, after, strict=True)] == [False, False, True]
