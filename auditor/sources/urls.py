"""The URL of a server: which engine, which account, how it is reached. A password in it is never shown again."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.util import find_spec
from typing import TYPE_CHECKING

from auditor.errors import NoSourceError

if TYPE_CHECKING:
    import ssl

SECONDS = 600
"""How long the server may take for one table, not counting what we do with its rows; `?time_limit=` says otherwise."""
_OPTIONS = frozenset({"sslmode", "sslrootcert", "time_limit", "include", "socket"})
_URL = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://")


@dataclass(frozen=True, slots=True)
class Driver:
    """One engine and the only driver it is read with."""

    kind: str
    dialect: str
    module: str
    """What must be importable."""
    extra: str
    reader: str
    """Our module that reads it."""
    options: frozenset[str] = frozenset()
    """Options of its URL besides those that every engine has."""


_POSTGRESQL = Driver("postgresql", "postgresql+pg8000", "pg8000", "postgres", "auditor.sources.postgresql")
_MYSQL = Driver("mysql", "mysql+pymysql", "pymysql", "mysql", "auditor.sources.mysql")
_WAREHOUSE = "auditor.sources.warehouses"
DRIVERS: Mapping[str, Driver] = {
    "postgresql": _POSTGRESQL,
    "postgres": _POSTGRESQL,
    "postgresql+pg8000": _POSTGRESQL,
    "mysql": _MYSQL,
    "mariadb": _MYSQL,
    "mysql+pymysql": _MYSQL,
    "mariadb+pymysql": _MYSQL,
    "mssql": Driver("mssql", "mssql+pyodbc", "pyodbc", "mssql", _WAREHOUSE, frozenset({"driver"})),
    "oracle": Driver("oracle", "oracle+oracledb", "oracledb", "oracle", _WAREHOUSE, frozenset({"service_name"})),
    "snowflake": Driver(
        "snowflake", "snowflake", "snowflake.sqlalchemy", "snowflake", _WAREHOUSE, frozenset({"warehouse", "role"})
    ),
    "bigquery": Driver("bigquery", "bigquery", "sqlalchemy_bigquery", "bigquery", _WAREHOUSE),
    "redshift": Driver("redshift", "redshift+redshift_connector", "sqlalchemy_redshift", "redshift", _WAREHOUSE),
    "databricks": Driver(
        "databricks", "databricks", "databricks.sqlalchemy", "databricks", _WAREHOUSE,
        frozenset({"http_path", "catalog", "schema"}),
    ),
}  # fmt: skip
"""Every scheme that is accepted: a URL cannot name another driver."""


@dataclass(frozen=True, slots=True)
class Target:
    """A server and what of it is to be read."""

    driver: Driver
    user: str = ""
    host: str = ""
    port: int | None = None
    database: str = ""
    password: str | None = field(default=None, repr=False)
    sslmode: str = ""
    sslrootcert: str = ""
    socket: str = ""
    time_limit: float = SECONDS
    include: frozenset[str] = frozenset()
    """Views, foreign tables and tables under row policies that are to be read all the same."""
    more: Mapping[str, str] = field(default_factory=dict)

    @property
    def location(self) -> str:
        """The server as it may be shown."""
        user = f"{self.user}@" if self.user else ""
        port = f":{self.port}" if self.port else ""
        return f"{self.driver.kind}://{user}{self.host or 'localhost'}{port}/{self.database}"

    @property
    def local(self) -> bool:
        """Whether the connection stays on this machine."""
        if self.socket or self.host in ("", "localhost"):
            return True
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return False

    @property
    def encrypted(self) -> bool:
        """Whether verified TLS is demanded: always off this machine, unless the URL says otherwise."""
        return self.sslmode == "verify-full" or not (self.sslmode or self.local)


def is_server(spec: str) -> bool:
    """Whether a specification is the URL of a server, rather than of a file."""
    found = _URL.match(spec.strip())
    return found is not None and found[1].lower() in DRIVERS


def shown(spec: str) -> str:
    """A specification fit for display: no password, also where the URL is not written as it should be."""
    scheme, slashes, rest = spec.partition("://")
    before, at, after = rest.rpartition("@")
    if at:
        return f"{scheme}{slashes}{before.partition(':')[0]}@{after}"
    host, colon, tail = rest.partition(":")
    return spec if not colon or re.match(r"\d*(?:/|$)", tail) or "/" in host else f"{scheme}{slashes}{host}"


def parse(spec: str) -> Target:
    """The server that a URL names. Raises NoSourceError, which never quotes the URL."""
    import sqlalchemy as sa

    found = _URL.match(spec.strip())
    driver = DRIVERS.get(found[1].lower()) if found else None
    if driver is None:
        raise NoSourceError("This is not the URL of a server that auditor reads.", do=f"Use one of: {_schemes()}.")
    where = f"{driver.kind}://"
    try:
        url = sa.make_url(spec.strip())
        port = url.port
    except (sa.exc.ArgumentError, ValueError):
        raise NoSourceError(
            "The URL cannot be read.", where=where,
            do="Write postgresql://user@host:port/database; @, :, / and % in names are written %40, %3A, %2F and %25.",
        ) from None  # fmt: skip
    options = {name: value if isinstance(value, str) else value[-1] for name, value in url.query.items()}
    known = _OPTIONS | driver.options
    if unknown := sorted(set(options) - known):
        raise NoSourceError(
            f"The URL has an option that auditor does not know: {unknown[0][:40]!r}.", where=where,
            do=f"Options: {', '.join(sorted(known))}.",
        )  # fmt: skip
    if not url.database and driver.reader != _WAREHOUSE:
        raise NoSourceError("The URL names no database.", where=where, do="Write it at the end: ...@host/database.")
    target = Target(
        driver=driver,
        user=url.username or "",
        host=url.host or "",
        port=port,
        database=url.database or "",
        password=str(url.password) if url.password is not None else None,
        sslmode=_sslmode(options.get("sslmode", ""), where),
        sslrootcert=options.get("sslrootcert", ""),
        socket=options.get("socket", ""),
        time_limit=_seconds(options.get("time_limit", ""), where),
        include=frozenset(name.strip() for name in options.get("include", "").split(",") if name.strip()),
        more={name: options[name] for name in sorted(driver.options & set(options))},
    )
    if not installed(driver):
        raise NoSourceError(
            f"The driver for {driver.kind} is not installed.", where=target.location,
            do=f"Install it: pip install 'crm-privacy-auditor[{driver.extra}]'.",
        )  # fmt: skip
    return target


def installed(driver: Driver) -> bool:
    """Whether the driver of an engine can be imported."""
    try:
        return find_spec(driver.module) is not None
    except ModuleNotFoundError:
        return False


def tls_context(target: Target) -> ssl.SSLContext | None:
    """Certificate and host name verified, or None for a plain connection. Raises NoSourceError."""
    if not target.encrypted:
        return None
    import ssl

    try:
        return ssl.create_default_context(cafile=target.sslrootcert or None)
    except (OSError, ssl.SSLError):
        raise NoSourceError(
            "The file of ?sslrootcert= is not a certificate that can be read.", where=target.location,
            do="Name a PEM file with the certificate of the authority.",
        ) from None  # fmt: skip


def _sslmode(text: str, where: str) -> str:
    if text not in ("", "disable", "verify-full"):
        raise NoSourceError(
            "No unverified connection is made: ?sslmode= is verify-full (the default off this machine) or disable.",
            where=where,
            do="Leave it out, and name the authority's certificate by ?sslrootcert=FILE if it is your own.",
        )
    return text


def _seconds(text: str, where: str) -> float:
    try:
        seconds = float(text or SECONDS)
    except ValueError:
        seconds = 0.0
    if not 0.1 <= seconds <= 86_400:
        raise NoSourceError("?time_limit= is a number of seconds, at most 86400.", where=where)
    return seconds


def _schemes() -> str:
    return ", ".join(f"{name}://" for name in DRIVERS if "+" not in name)
