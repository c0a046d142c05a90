"""A PostgreSQL and a Redis of the project's own, on free ports of this machine alone."""

from __future__ import annotations

import argparse
import dataclasses
import json
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from scripts import packages
from scripts.place import VAR, say, stop

FOLDER = VAR / "services"
OWNER = "postgres"
DATABASE = "ksp"
START_SECONDS = 30
SETTINGS = """
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
timezone = 'UTC'
shared_buffers = 256MB
effective_cache_size = 1GB
work_mem = 16MB
random_page_cost = 1.1
jit = off
"""
# Nothing that a test writes must outlive a crash of the machine.
FORGETFUL = "fsync = off\nsynchronous_commit = off\nfull_page_writes = off\n"


@dataclasses.dataclass(frozen=True, kw_only=True)
class Services:
    """What was started, and how to reach and end it."""

    database_url: str
    redis_url: str
    cluster: str
    redis_pid: int

    def environment(self) -> dict[str, str]:
        """Return the variables that lead the project here."""
        return {"DATABASE_URL": self.database_url, "REDIS_URL": self.redis_url}


# Starting


def start(folder: Path = FOLDER, *, durable: bool = True) -> Services:
    """Start both, or return those of this folder that already run."""
    packages.install(packages.missing_for_services())
    running = _running(folder)
    if running:
        return running
    folder.mkdir(parents=True, exist_ok=True)
    cluster = _cluster(folder)
    password = _initialised(cluster, durable=durable)
    database_port = _start_postgres(cluster)
    try:
        redis_url, redis_pid = _start_redis(folder)
    except BaseException:
        _stop_postgres(cluster)
        raise
    services = Services(
        database_url=f"postgres://{OWNER}:{password}@127.0.0.1:{database_port}/{DATABASE}",
        redis_url=redis_url,
        cluster=str(cluster),
        redis_pid=redis_pid,
    )
    _write_private(folder / "running.json", json.dumps(dataclasses.asdict(services)))
    return services


def _running(folder: Path) -> Services | None:
    """Return what runs in this folder; end what is left of a half that does not."""
    note = folder / "running.json"
    if not note.exists():
        return None
    services = Services(**json.loads(note.read_text()))
    if _is_redis(services.redis_pid) and _postgres_runs(Path(services.cluster)):
        return services
    stop_all(folder)
    return None


def _cluster(folder: Path) -> Path:
    """Return the folder of the database: beside the rest, unless its owner could not get there."""
    note = folder / "cluster"
    if note.exists() and Path(note.read_text()).exists():
        return Path(note.read_text())
    cluster = folder / "postgres"
    if not _reachable(folder):
        cluster = Path(tempfile.mkdtemp(prefix="ksp-postgres-")) / "postgres"
        cluster.parent.chmod(0o711)
    cluster.mkdir(mode=0o700, exist_ok=True)
    if os.geteuid() == 0:
        shutil.chown(cluster, OWNER, OWNER)
    note.write_text(str(cluster))
    return cluster


def _reachable(folder: Path) -> bool:
    if os.geteuid() != 0:
        return True
    return _as_owner(["test", "-x", str(folder)]).returncode == 0


def _initialised(cluster: Path, *, durable: bool) -> str:
    """Make the database cluster unless it is there; return its password."""
    secret = cluster / "ksp-password"
    if secret.exists():
        return secret.read_text()
    password = secrets.token_urlsafe(24)
    with tempfile.NamedTemporaryFile("w", suffix=".password") as handle:
        handle.write(password)
        handle.flush()
        if os.geteuid() == 0:
            shutil.chown(handle.name, OWNER, OWNER)
        options = ["--auth=scram-sha-256", f"--pwfile={handle.name}", f"--username={OWNER}"]
        options += ["--encoding=UTF8", "--locale=C.UTF-8", *([] if durable else ["--no-sync"])]
        _must([_program("initdb"), "-D", str(cluster), *options], "the database could not be made")
    with (cluster / "postgresql.conf").open("a") as settings:
        settings.write(SETTINGS + ("" if durable else FORGETFUL))
    _write_private(secret, password)
    return password


def _start_postgres(cluster: Path) -> int:
    """Start the server on a free port and make the database; return the port."""
    port = free_port()
    log = cluster / "server.log"
    server = [_program("pg_ctl"), "-D", str(cluster), "-l", str(log), "-w", "-t", str(START_SECONDS)]
    _must([*server, "-o", f"-p {port}", "start"], f"PostgreSQL did not start; {log} says why")
    _make_database(cluster, port)
    return port


def _make_database(cluster: Path, port: int) -> None:
    """Make the project's database unless it is there."""
    login = ["--host=127.0.0.1", f"--port={port}", f"--username={OWNER}", "--no-password"]
    password = {"PGPASSWORD": (cluster / "ksp-password").read_text()}
    listing = _as_owner([_program("psql"), *login, "-Atc", "select datname from pg_database"], extra=password)
    if DATABASE not in listing.stdout.split():
        _must([_program("createdb"), *login, DATABASE], "the database could not be made", extra=password)


def _start_redis(folder: Path) -> tuple[str, int]:
    """Start the broker, and wait until it answers; return its address and process."""
    port = free_port()
    password = secrets.token_urlsafe(24)
    number = folder / "redis.pid"
    number.unlink(missing_ok=True)
    lines = ["bind 127.0.0.1", f"port {port}", f"requirepass {password}", f"dir {folder}", f"pidfile {number}"]
    lines += ['save ""', "appendonly no", "daemonize yes", f"logfile {folder / 'redis.log'}"]
    settings = folder / "redis.conf"
    _write_private(settings, "\n".join(lines) + "\n")
    subprocess.run(["redis-server", str(settings)], check=False, stdout=subprocess.DEVNULL)
    deadline = time.monotonic() + START_SECONDS
    while not (_answers(port) and number.exists() and number.read_text()):
        if time.monotonic() > deadline:
            stop(f"Redis did not start; {folder / 'redis.log'} says why.")
        time.sleep(0.05)
    return f"redis://:{password}@127.0.0.1:{port}/0", int(number.read_text())


# Stopping


def stop_all(folder: Path = FOLDER, *, forget: bool = False) -> bool:
    """End exactly what was started in this folder; say whether there was anything."""
    note = folder / "running.json"
    if not note.exists():
        return False
    services = Services(**json.loads(note.read_text()))
    if _is_redis(services.redis_pid):
        os.kill(services.redis_pid, signal.SIGTERM)
        _wait_until_gone(services.redis_pid)
    _stop_postgres(Path(services.cluster))
    note.unlink()
    if forget:
        _forget(folder, Path(services.cluster))
    return True


def _stop_postgres(cluster: Path) -> None:
    if _postgres_runs(cluster):
        _must([_program("pg_ctl"), "-D", str(cluster), "-m", "fast", "-w", "stop"], "PostgreSQL did not stop")


def _forget(folder: Path, cluster: Path) -> None:
    """Remove the data, also where it had to lie outside the folder."""
    shutil.rmtree(cluster)
    if cluster.parent != folder:
        cluster.parent.rmdir()
    shutil.rmtree(folder)


def _postgres_runs(cluster: Path) -> bool:
    return cluster.exists() and _as_owner([_program("pg_ctl"), "-D", str(cluster), "status"]).returncode == 0


def _is_redis(pid: int) -> bool:
    """Say whether this process is a broker, and not another one that got its number later."""
    done = subprocess.run(["ps", "-p", str(pid), "-o", "comm="], check=False, capture_output=True, text=True)
    return "redis-server" in done.stdout


def _wait_until_gone(pid: int) -> None:
    deadline = time.monotonic() + START_SECONDS
    while _is_redis(pid) and time.monotonic() < deadline:
        time.sleep(0.05)


# Means


def free_port() -> int:
    """Return a port of the loopback address that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _program(name: str) -> str:
    folder = packages.postgres_folder()
    return str(folder / name) if folder else name


def _as_owner(command: list[str], *, extra: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """Run a command of the database's as the person it refuses not to be: never root."""
    is_root = os.geteuid() == 0
    if is_root and OWNER not in {person.pw_name for person in pwd.getpwall()}:
        stop(f"there is no user {OWNER} on this machine: install the package postgresql.")
    return subprocess.run(
        command,
        check=False,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        cwd="/",
        env={**os.environ, **(extra or {})},
        user=OWNER if is_root else None,
        group=OWNER if is_root else None,
        extra_groups=[] if is_root else None,
    )


def _must(command: list[str], trouble: str, *, extra: dict[str, str] | None = None) -> None:
    done = _as_owner(command, extra=extra)
    if done.returncode:
        say(done.stdout + done.stderr)
        stop(f"{trouble}.")


def _write_private(path: Path, text: str) -> None:
    path.touch(mode=0o600)
    path.write_text(text)


def main() -> None:
    """Start or stop the services of a developer."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("command", choices=["start", "stop"])
    if parser.parse_args().command == "start":
        for name, value in start().environment().items():
            print(f"export {name}={value}")
    elif not stop_all():
        say("Nothing runs.")
    sys.exit(0)


if __name__ == "__main__":
    main()
