"""A missing or malformed value of the environment stops the start with one line that names it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.apps import apps

from ksp import environment

ROOT = Path(__file__).resolve().parent.parent
SECRET = "not-a-secret-but-long-enough-for-a-test-of-the-settings"


def manage(folder, *command, **given):
    """Run a management command with nothing in its environment but what is given."""
    plain = {"PATH": os.environ["PATH"], "KSP_DATA_DIR": str(folder), "SECRET_KEY": SECRET} | given
    program = [sys.executable, *(command or ("manage.py", "check"))]
    return subprocess.run(program, cwd=ROOT, env=plain, capture_output=True, text=True, timeout=60, check=False)


def told(folder, *names, **given):
    """Return some settings as such an environment makes them."""
    program = f"import json; from ksp import settings; print(json.dumps([getattr(settings, n) for n in {names!r}]))"
    done = manage(folder, "-c", program, **given)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_start_without_a_secret_key_stops_with_one_line(tmp_path):
    done = manage(tmp_path, SECRET_KEY="")

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "ksp: SECRET_KEY is missing. Set it to a long random text, or set KSP_DEMO=1.\n"


def test_start_with_a_whole_environment_finds_nothing_wrong(tmp_path):
    done = manage(
        tmp_path,
        ALLOWED_HOSTS="ksp.example",
        CSRF_TRUSTED_ORIGINS="https://ksp.example,https://other.example:8443",
        CONN_MAX_AGE="60",
        DATABASE_URL="postgres://ksp:word@127.0.0.1:5432/ksp",
        EMAIL_URL="smtp+tls://mail.example:587",
        LOG_LEVEL="warning",
        REDIS_URL="redis://127.0.0.1:6379/0",
        SITE_URL="https://ksp.example",
        TRUSTED_PROXY_COUNT="1",
    )

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "System check identified no issues (0 silenced).\n"


MALFORMED = [
    ("CONN_MAX_AGE", "ten", "is malformed: write a whole number"),
    ("CSRF_TRUSTED_ORIGINS", "https://one.example,two.example", "must begin with http:// or https://"),
    ("DATABASE_URL", "ksp", "must begin with postgres://, postgresql:// or sqlite://"),
    ("DATABASE_URL", "mysql://127.0.0.1/ksp", "must begin with postgres://"),
    ("DATABASE_URL", "postgres://127.0.0.1", "names no database"),
    ("DATABASE_URL", "postgres://127.0.0.1:port/ksp", "is malformed: Port"),
    ("DEBUG", "perhaps", "is malformed: write true or false"),
    ("EMAIL_URL", "pigeon://mail.example", "is malformed: Invalid email schema"),
    ("EMAIL_URL", "smtp://mail.example:port", "is malformed: Port"),
    ("HTTPS", "perhaps", "is malformed: write true or false"),
    ("KSP_DEMO", "2", "is malformed: write true or false"),
    ("LOG_LEVEL", "LOUD", "is malformed: write DEBUG"),
    ("PORT", "http", "is malformed: write a whole number from 0 to 65535"),
    ("PORT", "70000", "is malformed: write a whole number from 0 to 65535"),
    ("REDIS_URL", "http://127.0.0.1", "must begin with redis://, rediss:// or unix://"),
    ("REDIS_URL", "redis://127.0.0.1:port/0", "is malformed: Port"),
    ("SITE_URL", "ksp.example", "must begin with http:// or https://"),
    ("TRUSTED_PROXY_COUNT", "-1", "is malformed: write a whole number"),
]


@pytest.mark.parametrize(("name", "value", "said"), MALFORMED)
def test_malformed_value_stops_the_start_with_one_line_that_names_it(name, value, said, tmp_path):
    database = {"DATABASE_URL": "postgres://127.0.0.1/ksp"} if name == "CONN_MAX_AGE" else {}

    done = manage(tmp_path, "-c", "import ksp.settings", **database, **{name: value})

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(f"ksp: {name} ")
    assert said in done.stderr
    assert done.stderr.count("\n") == 1


def test_malformed_value_stops_a_management_command_too(tmp_path):
    done = manage(tmp_path, DATABASE_URL="nonsense")

    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert done.stderr.startswith("ksp: DATABASE_URL ")


def test_folder_that_cannot_be_made_stops_the_start(tmp_path):
    (tmp_path / "file").write_text("")

    done = manage(tmp_path / "file" / "data", "-c", "import ksp.settings")

    assert done.returncode == 1
    assert done.stderr.startswith("ksp: KSP_DATA_DIR names a folder that cannot be made: ")
    assert done.stderr.count("\n") == 1


def test_folder_that_cannot_be_written_to_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "access", lambda *_: False)  # the one who runs the tests may write everywhere

    with pytest.raises(SystemExit, match=f"ksp: KSP_DATA_DIR .* cannot be written to: {tmp_path}"):
        environment.make_folder("KSP_DATA_DIR", tmp_path)


def test_empty_value_counts_as_missing(tmp_path):
    names = ("DEBUG", "ALLOWED_HOSTS", "REDIS_URL", "SITE_URL", "DEFAULT_FROM_EMAIL", "CSRF_TRUSTED_ORIGINS")
    variables = ("ALLOWED_HOSTS", "CSRF_TRUSTED_ORIGINS", "DATABASE_URL", "DEBUG", "DEFAULT_FROM_EMAIL", "EMAIL_URL")
    empty = dict.fromkeys([*variables, "HTTPS", "LOG_LEVEL", "PORT", "REDIS_URL", "SITE_URL"], "")

    assert told(tmp_path, *names, **empty) == told(tmp_path, *names)
    assert told(tmp_path, *names) == [
        False,
        ["localhost", "127.0.0.1", "[::1]"],
        "",
        "http://127.0.0.1:8000",
        "Kundeserviceprisen <ksp@ksp.example>",
        [],
    ]


@pytest.mark.parametrize(
    ("said", "meant"), [("1", True), ("True", True), ("on", True), ("0", False), ("FALSE", False), ("no", False)]
)
def test_yes_and_no_are_read(said, meant, monkeypatch):
    monkeypatch.setenv("KSP_DEMO", said)

    assert environment.flag("KSP_DEMO", default=not meant) is meant


def test_words_stand_with_commas_between(monkeypatch):
    monkeypatch.setenv("ALLOWED_HOSTS", " ksp.example, ,.other.example ")

    assert environment.words("ALLOWED_HOSTS", default=["localhost"]) == ["ksp.example", ".other.example"]


def test_demo_makes_its_own_secret_once_for_its_owner_alone(tmp_path):
    first, again = (told(tmp_path, "SECRET_KEY", SECRET_KEY="", KSP_DEMO="1")[0] for _ in range(2))

    assert first == again == (tmp_path / "secret").read_text()
    assert len(first) > 50
    assert (tmp_path / "secret").stat().st_mode & 0o777 == 0o600
    assert told(tmp_path / "other", "SECRET_KEY", SECRET_KEY="", KSP_DEMO="1")[0] != first


def test_demo_keeps_its_mail_in_its_folder_and_needs_no_https(tmp_path):
    names = ("EMAIL_BACKEND", "HTTPS", "SESSION_COOKIE_SECURE", "KSP_WORKER_IN_PROCESS")

    assert told(tmp_path, *names, KSP_DEMO="1") == [
        "django.core.mail.backends.filebased.EmailBackend",
        False,
        False,
        True,
    ]
    assert told(tmp_path, *names, EMAIL_URL="smtp://mail.example:25", REDIS_URL="redis://127.0.0.1/0") == [
        "django.core.mail.backends.smtp.EmailBackend",
        True,
        True,
        False,
    ]


def test_start_registers_the_permissions_and_receivers_of_every_app(tmp_path):
    program = "import django, json, sys; django.setup(); print(json.dumps(sorted(sys.modules)))"
    written = {
        ".".join(path.relative_to(ROOT).with_suffix("").parts)
        for app in apps.get_app_configs()
        for path in Path(app.path).glob("*.py")
        if path.name in {"receivers.py", "rules.py"} and path.is_relative_to(ROOT) and ".venv" not in path.parts
    }

    done = manage(tmp_path, "-c", program, DJANGO_SETTINGS_MODULE="ksp.settings")

    assert "responses.rules" in written
    assert written - set(json.loads(done.stdout)) == set()
