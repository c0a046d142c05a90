"""The demo: what stops it, and what it starts over."""

import socket

import pytest

from scripts import demo, django


def test_demo_names_the_port_that_is_in_use(capsys):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        with pytest.raises(SystemExit):
            demo._refuse_taken(port)

    assert capsys.readouterr().err == f"ksp: port {port} is in use. Choose another one: make demo PORT={port + 1}\n"


@pytest.mark.parametrize("port", ["", "http", "0", "65536", "８０"])
def test_demo_names_a_malformed_port(port, monkeypatch, capsys):
    monkeypatch.setenv("PORT", port)
    monkeypatch.setattr("sys.argv", ["demo", "serve"])

    with pytest.raises(SystemExit):
        demo.main()

    assert capsys.readouterr().err == f"ksp: PORT is malformed: {port}\n"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Give the demo a folder of its own."""
    monkeypatch.setattr(demo, "FOLDER", tmp_path / "demo")
    monkeypatch.setattr(demo, "BEGUN", tmp_path / "demo" / "begun")
    monkeypatch.setattr(demo, "DONE", tmp_path / "demo" / "done")
    (tmp_path / "demo").mkdir()
    return tmp_path / "demo"


def test_demo_starts_an_interrupted_season_over(folder):
    (folder / "begun").touch()

    demo._forget_half_a_season()

    assert not folder.exists()


def test_demo_keeps_a_whole_season(folder):
    (folder / "done").touch()

    demo._forget_half_a_season()

    assert [path.name for path in folder.iterdir()] == ["done"]


def test_demo_does_not_touch_the_databases_of_the_environment(tmp_path, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgres://elsewhere")
    monkeypatch.setenv("REDIS_URL", "redis://elsewhere")

    environment = django.embedded(tmp_path)

    assert {"DATABASE_URL", "REDIS_URL"} & environment.keys() == set()
    assert environment["KSP_DATA_DIR"] == str(tmp_path)
