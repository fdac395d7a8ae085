"""``manage.py runall``: the whole product on this machine, one command (what ``make run`` calls)."""

import hashlib
import os
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command, get_commands
from django.core.management.base import BaseCommand, CommandError
from django.db import connection, connections

from cxorders.kit.supervisor import Died, NeverReady, Program, Stopped, Supervisor, port_problem

DEMO = {"companies": 3, "months": 3, "feedback": 6000, "seed": 1}
ACCOUNTS = "hall agent field crew · callback handler manager gatekeeper leader · hq hqdept auditor admin"


class Command(BaseCommand):
    """Prepares the database and the static files, then runs web, worker and scheduler until told to stop."""

    help = "Run web, worker and scheduler together, on the database and broker of the environment."
    requires_system_checks: list[str] = []  # migrate runs them

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
        parser.add_argument("--port", type=int, default=8000, help="port to listen on")
        parser.add_argument("--no-demo", action="store_true", help="leave an empty database empty")
        parser.add_argument("--web-processes", type=int, default=2)
        parser.add_argument("--web-threads", type=int, default=4)

    def handle(self, *args: Any, **options: Any) -> None:
        host, port = options["host"], options["port"]
        refuse_port(host, port)
        supervisor = Supervisor(programs(options), settings.VAR_DIR / "log", say=self.say)
        supervisor.listen_for_signals()
        try:
            self.prepare(supervisor, demo=not options["no_demo"])
            connections.close_all()
            self.say("启动网页、后台任务、定时器 … / starting web, worker, scheduler")
            supervisor.start()
            supervisor.wait_until_ready(f"http://{local_name(host)}:{port}/readyz")
            self.welcome(host, port)
            supervisor.watch()
        except Stopped:
            self.say("\n正在停止 … / stopping")
        except Died as death:
            self.stderr.write(death.tail)
            raise CommandError(f"{death.name} 意外退出,已全部停止 / ended by itself (code {death.code})") from None
        except NeverReady:
            raise CommandError(
                f"60 秒内未就绪,日志在 / not ready within 60 s, logs in {supervisor.log_folder}"
            ) from None
        finally:
            supervisor.stop()
        self.say("已停止 / stopped")

    def prepare(self, supervisor: Supervisor, *, demo: bool) -> None:
        """Bring database, catalogue, demo data and static files up to date; each step only when it is needed."""
        unfinished = settings.VAR_DIR / "demo-unfinished"
        if unfinished.exists() and settings.SQLITE:
            self.say("上次演示数据没有装完,重新开始 / the last demo load was broken off, starting afresh")
            remove_database()
        call_command("migrate", interactive=False, verbosity=0)
        supervisor.check()
        quietly("load_catalogue")
        if demo and not get_user_model().objects.exists():
            self.say(f"装入演示数据 … / loading demo data: {DEMO['companies']} companies, {DEMO['months']} months")
            unfinished.touch()
            quietly("demo", **DEMO)
        unfinished.unlink(missing_ok=True)
        supervisor.check()
        collect_static()

    def welcome(self, host: str, port: int) -> None:
        """Say where the product is and who can sign in."""
        self.say(f"\n客户体验订单管理 cxorders  →  http://{local_name(host)}:{port}/")
        if get_user_model().objects.filter(username="hall").exists():
            self.say(f"演示账号 / demo accounts (密码 / password: demo)\n  {ACCOUNTS}")
        self.say(f"日志 / logs: {settings.VAR_DIR / 'log'}\n按 Ctrl-C 停止 / Ctrl-C stops everything")
        connections.close_all()

    def say(self, text: str) -> None:
        """Write a line at once, also into a pipe."""
        self.stdout.write(text)
        self.stdout.flush()


def refuse_port(host: str, port: int) -> None:
    """Raise CommandError when nobody could listen on `host`:`port`."""
    problem = port_problem(host, port)
    if problem == "taken":
        raise CommandError(f"端口 {port} 已被占用,请换一个 / port {port} is taken, try: make run PORT={port + 1}")
    if problem:
        raise CommandError(f"不能监听 / cannot listen on {host}:{port}: {problem}")


def local_name(host: str) -> str:
    """Return the name under which this machine reaches a server bound to `host`."""
    return "127.0.0.1" if host in {"", "0.0.0.0", "::"} else host  # noqa: S104 -- compared, not bound


def programs(options: dict[str, Any]) -> list[Program]:
    """Return the three programs in the order in which they start."""
    python = [sys.executable, "-m"]
    web = ["gunicorn", "cxorders.wsgi:application", "--bind", f"{options['host']}:{options['port']}", "--preload"]
    web += ["--worker-class", "gthread", "--workers", str(options["web_processes"])]
    web += ["--threads", str(options["web_threads"]), "--timeout", "60", "--graceful-timeout", "10"]
    web += ["--max-requests", "5000", "--max-requests-jitter", "500", "--no-control-socket"]
    celery = ["celery", "-A", "cxorders"]
    return [
        Program("web", [*python, *web]),
        Program("worker", [*python, *celery, "worker", "--loglevel", "INFO", "--without-gossip", "--without-mingle"]),
        Program("scheduler", [*python, *celery, "beat", "--loglevel", "INFO", "--pidfile", ""]),
    ]


def quietly(command: str, **options: Any) -> None:
    """Run a management command without its report; what goes wrong still comes through as an exception."""
    if command in get_commands():
        with Path(os.devnull).open("w") as nowhere:
            call_command(command, stdout=nowhere, **options)


def static_sources() -> Iterator[str]:
    """Yield one line per static file: name, size and time of change."""
    for finder in get_finders():
        for name, storage in finder.list([]):
            status = os.stat(storage.path(name))
            yield f"{name} {status.st_size} {status.st_mtime_ns}"


def collect_static() -> None:
    """Collect, hash and compress the static files when any of them has changed since the last time."""
    digest = hashlib.sha256("\n".join(sorted(static_sources())).encode()).hexdigest()
    stamp = Path(settings.STATIC_ROOT) / ".collected"
    if stamp.exists() and stamp.read_text() == digest:
        return
    call_command("collectstatic", interactive=False, verbosity=0, clear=True)
    stamp.write_text(digest)


def remove_database() -> None:
    """Delete the SQLite database file of this installation."""
    connection.close()
    for suffix in ("", "-wal", "-shm"):
        Path(f"{settings.DATABASES['default']['NAME']}{suffix}").unlink(missing_ok=True)
