import re
from pathlib import Path

from assignments import workflow as assignments
from ksp.accounts.verbs import VERBS
from participants import workflow as participants
from responses import workflow as responses

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("assignments", "ksp", "observers", "participants", "reports", "responses", "scoring")
RECORDED = re.compile(r"AuditEvent\.(?:record|of)\((.*?)\)", re.DOTALL)
VERB = re.compile(r'"([a-z_]+\.[a-z_]+)"')


def test_every_verb_of_the_audit_trail_has_words():
    written = {
        verb
        for package in PACKAGES
        for path in (ROOT / package).rglob("*.py")
        for call in RECORDED.findall(path.read_text(encoding="utf-8"))
        for verb in VERB.findall(call)
    }
    moves = {move.verb for app in (assignments, participants, responses) for move in app.TRANSITIONS.values()}

    assert len(written) > 20
    assert sorted((written | moves) - VERBS.keys()) == []
