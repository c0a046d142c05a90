"""The door: each role to its own home, and what watchers ask."""

import redis
from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect

from ksp.accounts.models import Role
from ksp.accounts.requests import UserRequest

HOMES = {
    Role.ADMINISTRATOR: "accounts:administration",
    Role.MANAGER: "responses:queue",
    Role.OBSERVER: "assignments:observer_home",
    Role.PARTICIPANT: "reports:dashboard",
}


@login_required
def home(request: UserRequest) -> HttpResponse:
    """Lead each role to its own home."""
    return redirect(HOMES[Role(request.user.role)])


def live(_request: HttpRequest) -> HttpResponse:
    """Say that the process answers."""
    return HttpResponse("ok\n", content_type="text/plain")


def ready(_request: HttpRequest) -> JsonResponse:
    """Say whether database, migrations and broker are ready for people; 503 names what is not."""
    checks = {"database": _database(), "broker": _broker()}
    return JsonResponse(checks, status=200 if all(state == "ok" for state in checks.values()) else 503)


def _database() -> str:
    try:
        executor = MigrationExecutor(connection)
        plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError:
        return "unreachable"
    return "migrations are missing" if plan else "ok"


def _broker() -> str:
    """The broker carries wake-up calls only, so that it is away delays scores and mail but loses nothing."""
    if not settings.REDIS_URL:
        return "ok"
    try:
        redis.Redis.from_url(settings.REDIS_URL, socket_timeout=2).ping()
    except redis.RedisError:
        return "unreachable"
    return "ok"
