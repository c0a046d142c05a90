"""The environment is made once per lock, and says what is missing."""

import sys

import pytest

from scripts import bootstrap


@pytest.fixture
def environment(tmp_path, monkeypatch):
    """Give an environment that exists, and note what would be installed into it."""
    (tmp_path / "requirements").mkdir()
    for name in ("run", "test"):
        (tmp_path / "requirements" / f"{name}.txt").write_text(name)
    monkeypatch.setattr("scripts.place.ROOT", tmp_path)
    monkeypatch.setattr(bootstrap, "REQUIREMENTS", tmp_path / "requirements")
    monkeypatch.setattr(bootstrap, "ENVIRONMENT", tmp_path)
    monkeypatch.setattr(bootstrap, "_works", lambda: True)
    monkeypatch.setattr(bootstrap, "_installer", lambda: ["installer"])
    installed = []
    monkeypatch.setattr(bootstrap, "_run_or_stop", lambda command, _trouble: installed.append(command[-1][-8:]))
    return tmp_path, installed


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        ([False, False], ["/run.txt"]),
        ([True, True], ["test.txt"]),
        ([True, False], ["test.txt"]),
        ([False, True, True], ["/run.txt", "test.txt"]),
    ],
)
def test_install_does_only_what_is_lacking(environment, steps, expected):
    for tests in steps:
        bootstrap.install(tests=tests)

    assert environment[1] == expected


def test_install_follows_a_changed_lock(environment):
    folder, installed = environment
    bootstrap.install(tests=False)
    (folder / "requirements" / "run.txt").write_text("newer")

    bootstrap.install(tests=False)

    assert installed == ["/run.txt", "/run.txt"]


def test_install_says_in_one_line_what_is_missing(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(bootstrap, "ENVIRONMENT", tmp_path / "none")
    monkeypatch.setattr(bootstrap, "_quietly", lambda _command: False)
    monkeypatch.setattr(bootstrap.packages, "can_install", lambda: False)
    monkeypatch.setattr(bootstrap.shutil, "which", lambda _name: None)

    with pytest.raises(SystemExit):
        bootstrap._make_environment()

    assert capsys.readouterr().err == (
        "ksp: this Python cannot make a virtual environment. "
        f"Install python3-venv or python3-pip (Debian: sudo apt-get install python{sys.version_info[0]}-venv).\n"
    )
