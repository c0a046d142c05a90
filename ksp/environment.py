"""Reads the environment, or ends the start with one line that names what is wrong in it. Empty counts as missing."""

import logging
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

YES, NO = ("true", "1", "yes", "y", "on", "t", "ok"), ("false", "0", "no", "n", "off", "f")


def stop(message: str) -> NoReturn:
    """End the start with one line."""
    sys.exit(f"ksp: {message}")


def given(name: str) -> str:
    """Return what the environment says, as it stands; nothing where it says nothing."""
    return os.environ.get(name, "").strip()


def flag(name: str, *, default: bool) -> bool:
    """Return a yes or no."""
    said = given(name).lower()
    if said and said not in {*YES, *NO}:
        stop(f"{name} is malformed: write true or false, not “{said}”.")
    return said in YES if said else default


def number(name: str, *, default: int, most: int = 2**31 - 1) -> int:
    """Return a whole number from 0."""
    said = given(name) or str(default)
    if not (said.isascii() and said.isdigit()) or int(said) > most:
        stop(f"{name} is malformed: write a whole number from 0 to {most}, not “{said}”.")
    return int(said)


def address(name: str, *, default: str = "", schemes: Sequence[str]) -> str:
    """Return an address that begins with one of the schemes."""
    said = given(name) or default
    if said:
        _check_address(name, said, schemes)
    return said


def addresses(name: str, *, schemes: Sequence[str]) -> list[str]:
    """Return addresses that stand with commas between them."""
    listed = words(name, default=())
    for said in listed:
        _check_address(name, said, schemes)
    return listed


def _check_address(name: str, said: str, schemes: Sequence[str]) -> None:
    if not said.startswith(tuple(f"{scheme}://" for scheme in schemes)):
        *others, last = [f"{scheme}://" for scheme in schemes]
        stop(f"{name} must begin with {' or '.join([', '.join(others), last]) if others else last}.")
    try:
        _ = urlsplit(said).port
    except ValueError as error:
        stop(f"{name} is malformed: {error}.")


def words(name: str, *, default: Sequence[str]) -> list[str]:
    """Return words that stand with commas between them."""
    return [word.strip() for word in given(name).split(",") if word.strip()] or list(default)


def level(name: str, *, default: str) -> str:
    """Return how much is logged."""
    said = (given(name) or default).upper()
    if said not in logging.getLevelNamesMapping():
        stop(f"{name} is malformed: write DEBUG, INFO, WARNING or ERROR, not “{said}”.")
    return said


def database(name: str, *, default: str) -> dict[str, Any]:
    """Return which PostgreSQL or SQLite database an address means, in Django's words."""
    said = address(name, default=default, schemes=("postgres", "postgresql", "sqlite"))
    found = _parsed(name, said, environ.Env.db_url_config)
    if not found["NAME"]:
        stop(f"{name} is malformed: it names no database.")
    return found


def mail(name: str, *, default: str) -> dict[str, Any]:
    """Return by which server an address says that mail is sent, in Django's words."""
    return _parsed(name, given(name) or default, environ.Env.email_url_config)


def _parsed(name: str, said: str, parse: Any) -> dict[str, Any]:
    try:
        return dict(parse(said))
    except (ValueError, ImproperlyConfigured) as error:
        stop(f"{name} is malformed: {error}.")


def make_folder(name: str, path: Path) -> None:
    """Make the folder that a variable names, if it is not there."""
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        stop(f"{name} names a folder that cannot be made: {error.strerror}: {path}")
    if not os.access(path, os.W_OK):
        stop(f"{name} names a folder that cannot be written to: {path}")
