"""Passwords from the files that the engines' own tools use: ~/.pgpass and ~/.my.cnf."""

from __future__ import annotations

import configparser
import os
import re
import stat
from pathlib import Path

from auditor.errors import SourceError
from auditor.sources.urls import Target

_PORTS = {"postgresql": 5432, "mysql": 3306}
_FIELD = re.compile(r"((?:\\.|[^\\:])*)(?::|$)")


def password(target: Target) -> str | None:
    """The password in the URL, else the one in the user's own file, else None. Raises SourceError."""
    if target.password:
        return target.password
    if target.driver.kind == "postgresql":
        return _pgpass(target)
    return _my_cnf(target) if target.driver.kind == "mysql" else None


def _pgpass(target: Target) -> str | None:
    """The first line host:port:database:user:password whose fields fit; `*` fits all."""
    text = _private(Path(os.environ.get("PGPASSFILE") or Path.home() / ".pgpass"))
    asked = (
        "localhost" if target.socket or not target.host else target.host,
        str(target.port or _PORTS["postgresql"]),
        target.database,
        target.user,
    )
    for line in text.splitlines():
        if line.startswith("#"):
            continue
        fields = [re.sub(r"\\(.)", r"\1", part) for part in _FIELD.findall(line)[:5]]
        if len(fields) == 5 and all(own in ("*", wanted) for own, wanted in zip(fields, asked, strict=False)):
            return fields[4]
    return None


def _my_cnf(target: Target) -> str | None:
    """The password of the section [client], if its user and host, where it names them, are the ones wanted."""
    text = _private(Path.home() / ".my.cnf")
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("!")]
    parser = configparser.ConfigParser(allow_no_value=True, interpolation=None, strict=False)
    try:
        parser.read_string("\n".join(lines))
    except configparser.Error:
        return None
    for section in ("auditor", "client-mariadb", "client"):
        if not parser.has_section(section):
            continue
        own = {name: (value or "").strip().strip("'\"") for name, value in parser.items(section)}
        fits = own.get("user", target.user) == target.user and own.get("host", target.host) == target.host
        if own.get("password") and fits:
            return own["password"]
    return None


def _private(path: Path) -> str:
    """The content of a file that only its owner may read; empty if there is none."""
    try:
        mode = path.stat().st_mode
        if mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise SourceError("Others may read this file of passwords.", where=str(path), do="Run chmod 600 on it.")
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return ""
