"""What the compose file starts does start, shown by the same commands without containers."""

import json
import os
import shlex
import subprocess
import time
import urllib.request
from pathlib import Path

import pytest
import yaml
from django.conf import settings

from scripts import healthy
from scripts.services import free_port

ROOT = Path(__file__).resolve().parent.parent
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
SERVICES = COMPOSE["services"]
OURS = {name: service for name, service in SERVICES.items() if service.get("image") == "kundeserviceprisen"}
START_SECONDS = 60


def dockerfile(start, keyword):
    """Give what follows the keyword on the last line of the Dockerfile that starts so."""
    lines = (ROOT / "Dockerfile").read_text(encoding="utf-8").splitlines()
    return yaml.safe_load([line for line in lines if line.startswith(start)][-1].split(keyword, 1)[1])


@pytest.mark.parametrize("name", OURS)
def test_site_runs_without_privileges(name):
    service = OURS[name]

    assert dockerfile("USER", "USER") not in {"root", 0, "0:0"}
    assert (service["read_only"], service["cap_drop"]) == (True, ["ALL"])


@pytest.mark.parametrize("name", sorted(SERVICES.keys() - {"migrate", "web"}))
def test_service_tells_whether_it_is_healthy(name):
    assert SERVICES[name]["healthcheck"]["test"][0] in {"CMD", "CMD-SHELL"}


def test_no_secret_is_written_down():
    for service in SERVICES.values():
        for name in ("SECRET_KEY", "POSTGRES_PASSWORD"):
            assert service.get("environment", {}).get(name, "${").startswith("${")


@pytest.mark.parametrize(
    ("hosts", "expected"),
    [
        ("ksp.example,other.example", "ksp.example"),
        (".ksp.example", "ksp.example"),
        ("*", "localhost"),
        ("", "localhost"),
    ],
)
def test_health_is_asked_for_by_a_name_of_the_site(hosts, expected, monkeypatch):
    monkeypatch.setenv("ALLOWED_HOSTS", hosts)

    assert healthy.host() == expected


def test_health_of_a_site_that_is_down(monkeypatch):
    monkeypatch.setenv("PORT", str(free_port()))

    assert healthy.main() == 1


@pytest.fixture
def installation(tmp_path):
    """Give a way to start a command as the compose file would, on the databases of this run."""
    port = free_port()
    environment = {
        "ALLOWED_HOSTS": "ksp.example",
        "DATABASE_URL": os.environ.get("DATABASE_URL", ""),
        "HOSTNAME": "here",
        "KSP_DATA_DIR": str(tmp_path),
        "PATH": f"{ROOT / '.venv/bin'}:{os.environ['PATH']}",
        "PORT": str(port),
        "REDIS_URL": settings.REDIS_URL,
        "SECRET_KEY": "not-a-secret-but-long-enough-for-a-test-of-the-installation",
    }
    started = []

    def run(command, *, stays=False):
        words = [word.replace("/data", str(tmp_path)).replace("$$", "$") for word in command]
        if words[0] in {"CMD", "CMD-SHELL"}:
            words = ["sh", "-c", words[1]] if words[0] == "CMD-SHELL" else words[1:]
        log = (tmp_path / f"{len(started)}.log").open("w")
        process = subprocess.Popen(words, cwd=ROOT, env=environment, stdout=log, stderr=subprocess.STDOUT)
        log.close()
        started.append(process)
        return process if stays else process.wait(START_SECONDS)

    run.port = port
    run.folder = tmp_path
    yield run
    for process in started:
        if process.poll() is None:
            process.terminate()
            process.wait(START_SECONDS)


def becomes_healthy(run, check):
    """Say whether a check passes within the time that a start may take."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if run(check) == 0:
            return True
        time.sleep(0.5)
    return False


def ready(port):
    """Give what the site says of its database and broker."""
    request = urllib.request.Request(f"http://127.0.0.1:{port}/healthz/ready", headers={"Host": "ksp.example"})
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.load(answer)


@pytest.mark.worker
def test_everything_that_compose_starts_becomes_healthy(installation):
    migrated = installation(SERVICES["migrate"]["command"])
    installation(shlex.split("python manage.py collectstatic --no-input --verbosity 0"))
    installation(dockerfile("CMD", "CMD"), stays=True)
    installation([*SERVICES["worker"]["command"], "--hostname", "celery@here"], stays=True)
    installation(SERVICES["beat"]["command"], stays=True)
    health = {name: SERVICES[name]["healthcheck"]["test"] for name in ("worker", "beat")}
    health["web"] = dockerfile("HEALTHCHECK", " CMD ")

    healthy_ones = {name for name, check in health.items() if becomes_healthy(installation, check)}

    assert migrated == 0
    assert healthy_ones == {"web", "worker", "beat"}
    assert ready(installation.port) == {"database": "ok", "broker": "ok"}
