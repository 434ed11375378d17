"""Builds what a run needs from its settings: the only place that names concrete classes.

Compiling policies and directory imports YAML, validation and morphology, so the compiled ones are kept in the trusted
folder under a digest of everything they were made of; a warm start only reads them back.
"""

from __future__ import annotations

import os
import pickle
import sys
from collections.abc import Callable, Iterable, Mapping
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import dlp
from dlp.cache import TrustedFolder
from dlp.clock import Clock, SystemClock
from dlp.decide.standing import Standing
from dlp.detect.catalogue import entities
from dlp.detect.engine import Engine
from dlp.detect.term_patterns import pattern_fault
from dlp.directory.load import load_directory
from dlp.directory.snapshot import Directory
from dlp.errors import UsageError
from dlp.pipeline import Context
from dlp.policy.policy_set import PolicySet
from dlp.records import ConnectorTerms, Demand, Organisation, Zone
from dlp.services import Services
from dlp.settings import Settings

if TYPE_CHECKING:
    from dlp.store.database import Database

_T = TypeVar("_T")


def context_from(settings: Settings) -> Context:
    """What messages are inspected in. Raises FileFaults with every fault of the files, UsageError for a missing folder."""
    cache = TrustedFolder(settings.cache)
    policies = policies_from(settings, cache)
    directory = _directory_from(settings, policies.organisation, cache)
    demand = policies.demand()
    if settings.all_entities:
        demand = demand._replace(entities=None)
    return Context(Engine(demand, cache), policies, directory)


def policies_from(settings: Settings, cache: TrustedFolder) -> PolicySet:
    """The compiled policies of the settings' folder."""
    folder = settings.policies
    if not folder.is_dir():
        raise UsageError(f"there is no folder of policies at {folder}")

    def load() -> PolicySet:
        from dlp.policy.load import load_policies  # heavy: YAML, validation, morphology

        return load_policies(folder, known, pattern_fault=pattern_fault)

    known = entities(cache)
    digest = _digest([str(folder), *sorted(known)], _policy_files(folder))
    return _kept(cache, f"policies-{digest}", PolicySet, load)


def services_from(settings: Settings, *, clock: Clock | None = None, make_keys: bool = False) -> Services:
    """A running installation: its record migrated, its keys opened. With `make_keys`, keys are made where there is no store yet.

    Raises the vault's errors for wrong or missing keys, StoreDown where the record cannot be opened; nothing is written then.
    """
    from dlp.store.migrations import migrate
    from dlp.store.vault.keys import open_keys

    keys = open_keys(settings, make=make_keys, adopt=make_keys, clock=clock)
    database = _database(settings.record)
    try:
        migrate(database)
    except BaseException:
        database.close()
        keys.close()
        raise
    return Services(settings, clock or SystemClock(), database, keys, _serving_context)


def _database(url: str) -> Database:
    from sqlalchemy.engine import make_url

    from dlp.store.database import Database

    told = make_url(url)
    if told.get_backend_name() == "sqlite" and told.database:
        Path(told.database).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    return Database(url)


def _serving_context(services: Services, before: Context | None) -> Context:
    """The context of a running installation: what its record says stands now, over its files.

    Where the active version is that of the context `before`, its engine and policies are kept.
    """
    from dlp.store import connectors, policy_versions
    from dlp.store.standing import standing_rows

    with services.database.reading() as connection:
        rows = standing_rows(connection, services.clock.now())
        described = connectors.every(connection)
        active = policy_versions.active(connection)
        files = {} if active is None else policy_versions.files_of(connection, active.number)
    terms = {
        one.name: ConnectorTerms(one.platform, Zone(one.zone) if one.zone else None, one.keep_clean_days) for one in described
    }
    settings = services.settings
    if before is None or active is None or before.version != active.number:
        context = context_from(settings._replace(policies=policy_folder(settings, files)) if files else settings)
        context = context._replace(
            version=active.number if active else 0, masking=Engine(Demand(None), TrustedFolder(settings.cache))
        )
    else:
        people = _directory_from(settings, before.policies.organisation, TrustedFolder(settings.cache))
        context = before._replace(directory=people)
    return context._replace(standing=Standing.of(rows, services.keys.digest), connectors=terms)


def policy_folder(settings: Settings, files: Mapping[str, str]) -> Path:
    """A folder with exactly these policy files, in the trusted folder, named by their content. Raises UsageError."""
    cache = TrustedFolder(settings.cache)
    digest = blake2b(repr(sorted(files.items())).encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
    folder = cache.path / f"version-{digest}"
    if folder.is_dir():
        return folder
    import shutil  # slow to import, and a scan does without
    import threading

    part = cache.path / f"version-{digest}.{os.getpid()}.{threading.get_ident()}"
    try:
        cache.path.mkdir(mode=0o700, parents=True, exist_ok=True)  # parents made below would be open to others
        for name, text in files.items():
            path = part / name
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8", errors="surrogatepass")
        part.rename(folder)
    except OSError as error:
        shutil.rmtree(part, ignore_errors=True)
        if not folder.is_dir():  # another process was faster
            raise UsageError(f"policies cannot be laid out in {cache.path} ({type(error).__name__})") from error
    return folder


def shipped_files(folder: Path) -> dict[str, str]:
    """The YAML files of a folder of policies, tests among them, by their relative path."""
    return {str(path.relative_to(folder)): path.read_text(encoding="utf-8") for path in sorted(folder.rglob("*.y*ml"))}


def _policy_files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*.y*ml") if not path.name.endswith(".test.yaml"))


def _directory_from(settings: Settings, organisation: Organisation, cache: TrustedFolder) -> Directory:
    people, chats = settings.people, settings.chats
    if people is None and chats is None:
        return load_directory(None, None, organisation)
    files = [path for path in (people, chats) if path is not None and path.is_file()]
    told = [str(people), str(chats), repr(sorted(organisation.domains)), str(organisation.zone)]
    return _kept(cache, f"directory-{_digest(told, files)}", Directory, lambda: load_directory(people, chats, organisation))


def _kept(cache: TrustedFolder, name: str, kind: type[_T], load: Callable[[], _T]) -> _T:
    """What the cache holds under `name`, else what `load` gives, which is then kept."""
    content = cache.read(name)
    if content is not None:
        try:
            found = pickle.loads(content)  # noqa: S301 - from a folder only this user can write to
        except Exception:
            found = None  # written by other code or cut short: as good as absent
        if isinstance(found, kind):
            return found
    loaded = load()
    cache.write(name, pickle.dumps(loaded, pickle.HIGHEST_PROTOCOL))
    return loaded


def _digest(told: Iterable[str], files: Iterable[Path]) -> str:
    digest = blake2b(f"{dlp.__version__} {sys.version} {_code_stamp()}".encode(), digest_size=16)
    for word in told:
        digest.update(word.encode("utf-8", "surrogateescape") + b"\0")
    for path in files:
        content = _bytes_of(path)
        digest.update(f"{path}\0{len(content)}\0".encode("utf-8", "surrogateescape") + content)
    return digest.hexdigest()


def _bytes_of(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""  # loading says which file cannot be read


def _code_stamp() -> str:
    """Changes whenever code that compiles or carries policies does, so that a checkout never reads its own past."""
    package = Path(dlp.__file__).parent
    code = [package / "records.py", *(path for room in ("policy", "directory") for path in sorted((package / room).glob("*.py")))]
    return " ".join(f"{path.name}:{path.stat().st_mtime_ns}" for path in code)
