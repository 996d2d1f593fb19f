"""Throw-away PostgreSQL and MariaDB servers for tests: in a temporary folder, on loopback only, gone at the end.

Where a server is not installed the tests that need it are skipped and say so; with AUDITOR_REQUIRE_SERVERS=1 that is
an error, so that CI never passes without them.
"""

from __future__ import annotations

import os
import pwd
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp
from urllib.parse import quote

import pytest
import sqlalchemy as sa

READER, PASSWORD = "reader", "read/me@once"
DATABASE = "crm"
_SECONDS = 30


@dataclass(frozen=True)
class Server:
    """A running server. `log` holds every statement that it was sent."""

    kind: str
    port: int
    log: Path
    folder: Path
    process: subprocess.Popen[bytes]

    @property
    def certificate(self) -> Path:
        """The server's own, for the address 127.0.0.1 only."""
        return self.folder / "server.crt"

    @property
    def url(self) -> str:
        """As the account that may only read."""
        return f"{self.kind}://{READER}:{quote(PASSWORD, safe='')}@127.0.0.1:{self.port}/{DATABASE}"

    def engine(self, user: str = "owner", password: str = "owner", database: str = DATABASE) -> sa.Engine:
        """As the account that owns everything, for setting up."""
        driver = "postgresql+pg8000" if self.kind == "postgresql" else "mysql+pymysql"
        url = sa.URL.create(driver, user, password, "127.0.0.1", self.port, database)
        return sa.create_engine(url, poolclass=sa.pool.NullPool, isolation_level="AUTOCOMMIT")

    def run(self, *statements: str) -> None:
        """Statements as the owner."""
        with self.engine().connect() as connection:
            for statement in statements:
                connection.exec_driver_sql(statement.replace("%", "%%") if self.kind == "mariadb" else statement)

    def clear(self) -> None:
        """Drops everything that a test has made."""
        if self.kind == "postgresql":
            self.run(
                "DROP SCHEMA public CASCADE",
                "CREATE SCHEMA public",
                f"GRANT USAGE ON SCHEMA public TO {READER}",
                f"ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO {READER}",
            )
        else:
            self.run(f"DROP DATABASE {DATABASE}", f"CREATE DATABASE {DATABASE} CHARACTER SET utf8mb4")

    def statements(self, since: int = 0) -> list[str]:
        """What our reading account has sent since a place in the log."""
        text = self.log.read_bytes()[since:].decode("utf-8", "replace")
        if self.kind == "postgresql":
            entries = re.split(r"^\d{4}-\d\d-\d\d [\d:.]+ \w+\|", text, flags=re.MULTILINE)
            own = [entry for entry in entries if entry.startswith(f"{READER}|auditor|")]
            found = [re.search(r"(?:statement|execute [^:]*): (.*)", entry, re.DOTALL) for entry in own]
            return [" ".join(match[1].split()) for match in found if match]
        entries = re.split(r"^(?:\d{6} [ \d]?\d:\d\d:\d\d)?\t+ *", text, flags=re.MULTILINE)
        fields = [re.match(r"(\d+) (Connect|Query|Execute|Prepare)\t?(.*)", entry, re.DOTALL) for entry in entries]
        own_sessions = {match[1] for match in fields if match and match[2] == "Connect" and match[3].startswith(READER)}
        return [
            " ".join(match[3].split())
            for match in fields
            if match and match[2] != "Connect" and match[1] in own_sessions
        ]


@contextmanager
def postgresql() -> Iterator[Server]:
    """A PostgreSQL server."""
    binaries = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres")) or _found("postgres")
    if not binaries:
        _absent("PostgreSQL", "postgresql")
    bin_folder = binaries[-1].resolve().parent
    with _folder("postgres") as (folder, user):
        data, log, port = folder / "data", folder / "log", _free_port()
        secret = folder / "secret"
        secret.write_text("owner\n")
        _own(secret, user)
        _call(
            bin_folder / "initdb", "-D", data, "-U", "owner", "-A", "scram-sha-256", f"--pwfile={secret}",
            "-E", "UTF8", "--locale=C", "--no-sync", user=user,
        )  # fmt: skip
        _certify(folder, user)
        settings = {
            "ssl": "on", "ssl_cert_file": folder / "server.crt", "ssl_key_file": folder / "server.key",
            "listen_addresses": "127.0.0.1,127.0.0.2", "port": port, "unix_socket_directories": folder, "fsync": "off",
            "log_statement": "all", "log_line_prefix": "%m|%u|%a|", "shared_buffers": "32MB", "autovacuum": "off",
            "lc_messages": "C", "log_error_verbosity": "terse",
        }  # fmt: skip
        options = [part for key, value in settings.items() for part in ("-c", f"{key}={value}")]
        with _started(user, log, bin_folder / "postgres", "-D", data, *options) as process:
            server = Server("postgresql", port, log, folder, process)
            _await(server, "postgres")
            with server.engine(database="postgres").connect() as connection:
                connection.exec_driver_sql(f"CREATE DATABASE {DATABASE}")
                connection.exec_driver_sql(f"CREATE ROLE {READER} LOGIN PASSWORD '{PASSWORD}'")
            server.run(
                f"GRANT USAGE ON SCHEMA public TO {READER}",
                f"ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO {READER}",
            )
            yield server


@contextmanager
def mariadb() -> Iterator[Server]:
    """A MariaDB server."""
    binaries = _found("mariadbd") or _found("mysqld")
    if not binaries:
        _absent("MariaDB", "mariadb-server")
    with _folder("mysql") as (folder, user):
        data, log, port = folder / "data", folder / "log", _free_port()
        start = folder / "start.sql"
        start.write_text(
            f"CREATE DATABASE {DATABASE} CHARACTER SET utf8mb4;\n"
            "CREATE USER owner@'127.0.0.1' IDENTIFIED BY 'owner';\n"
            "GRANT ALL ON *.* TO owner@'127.0.0.1' WITH GRANT OPTION;\n"
            f"CREATE USER {READER}@'127.0.0.1' IDENTIFIED BY '{PASSWORD}';\n"
            f"GRANT SELECT ON {DATABASE}.* TO {READER}@'127.0.0.1';\n"
        )
        _own(start, user)
        _call(
            _found("mariadb-install-db")[0], "--no-defaults", f"--datadir={data}", "--skip-test-db",
            "--auth-root-authentication-method=normal", "--innodb-flush-method=nosync", "--innodb-log-file-size=8M",
            user=user,
        )  # fmt: skip
        _certify(folder, user)
        options = [
            "--no-defaults",
            f"--ssl-cert={folder / 'server.crt'}", f"--ssl-key={folder / 'server.key'}",
            f"--datadir={data}", f"--socket={folder / 'socket'}", f"--port={port}",
            "--bind-address=127.0.0.1,127.0.0.2", "--skip-name-resolve", "--general-log=1", f"--general-log-file={log}",
            "--innodb-flush-method=nosync", "--innodb-buffer-pool-size=64M", "--innodb-log-file-size=8M",
            f"--init-file={start}", f"--pid-file={folder / 'pid'}", "--sql-mode=",
        ]  # fmt: skip
        with _started(user, folder / "errors", binaries[0], *options) as process:
            server = Server("mariadb", port, log, folder, process)
            _await(server, DATABASE)
            yield server


def _absent(name: str, package: str) -> None:
    reason = f"{name} is not installed (apt-get install {package})"
    if os.environ.get("AUDITOR_REQUIRE_SERVERS") == "1":
        raise RuntimeError(reason)
    pytest.skip(reason)


def _found(name: str) -> list[Path]:
    path = shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin:/usr/local/sbin")
    return [Path(path)] if path else []


def _user(name: str) -> str | None:
    """The account to run as: servers refuse the superuser."""
    if os.geteuid():
        return None
    for candidate in (name, "nobody"):
        try:
            return pwd.getpwnam(candidate).pw_name
        except KeyError:
            continue
    return None


@contextmanager
def _folder(name: str) -> Iterator[tuple[Path, str | None]]:
    folder, user = Path(mkdtemp(prefix="auditor-server-")), _user(name)
    _own(folder, user)
    try:
        yield folder, user
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _own(path: Path, user: str | None) -> None:
    if user:
        shutil.chown(path, user)


def _certify(folder: Path, user: str | None) -> None:
    key, certificate = folder / "server.key", folder / "server.crt"
    _call(
        "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1",
        "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", certificate, user=user,
    )  # fmt: skip
    key.chmod(0o600)


def _call(*command: object, user: str | None) -> None:
    subprocess.run([str(part) for part in command], check=True, user=user, cwd="/", capture_output=True)


@contextmanager
def _started(user: str | None, log: Path, *command: object) -> Iterator[subprocess.Popen[bytes]]:
    log.touch()
    _own(log, user)
    with log.open("ab") as output:
        process = subprocess.Popen([str(part) for part in command], user=user, cwd="/", stdout=output, stderr=output)
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _await(server: Server, database: str) -> None:
    until = time.monotonic() + _SECONDS
    while True:
        try:
            with server.engine(database=database).connect():
                return
        except sa.exc.DBAPIError:
            if server.process.poll() is not None or time.monotonic() > until:
                raise RuntimeError(f"{server.kind} did not start.") from None
            time.sleep(0.1)


def _free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        port: int = listening.getsockname()[1]
        return port
