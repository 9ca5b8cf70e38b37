"""The door to stored objects: one interface, kept in a folder or in a bucket that speaks S3, both by obstore.

Keys are made by the server and hold no meaning. An object is written once and never changed.
"""

from __future__ import annotations

import errno
import os
import re
import tempfile
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import IO, Protocol

import obstore
from obstore.exceptions import AlreadyExistsError, BaseError
from obstore.store import LocalStore, S3Store
from typing_extensions import override

from backend.infrastructure.breaker import Breaker
from backend.infrastructure.settings import BucketSettings, Settings
from backend.kernel.clock import Clock
from backend.kernel.errors import NoSpace, Unavailable

CONNECT_LIMIT = timedelta(seconds=1)
CALL_LIMIT = timedelta(seconds=3)
# Far above any object of ours: whatever answers in the place of the bucket fills no disk of ours.
MAX_OBJECT_BYTES = 64 * 1024 * 1024
_IN_MEMORY_BYTES = 1024 * 1024
_CHUNK_BYTES = 256 * 1024
# No space left, and quota exceeded: as the system numbers them, and as obstore and S3 servers word them.
_FULL_NUMBERS = frozenset({errno.ENOSPC, errno.EDQUOT})
_FULL_WORDS = re.compile(r"os error (28|122)\b|507 Insufficient Storage")
# How obstore 0.12 names what it has not finished writing. A kill in the middle leaves it; listings do not show it.
_UNFINISHED = re.compile(r"#\d+$")


class ObjectsUnavailable(Unavailable):
    """The place where objects are kept does not answer."""

    code = "objects-unavailable"
    default_detail = "暂时无法存取文件，请稍后重试。"


class ObjectsFull(NoSpace):
    """There is no room for another object."""

    code = "objects-full"
    default_detail = "存储空间不足，暂时无法上传文件；文字诉求仍可提交。"


class ObjectExists(RuntimeError):
    """The key is taken. Keys are random, so that this is a mistake of ours."""


class ObjectMissing(LookupError):
    """There is no object under the key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """An object as a listing shows it."""

    key: str
    size: int
    written_at: datetime


class ObjectStore(Protocol):
    """Keeps objects. Every call may raise ObjectsUnavailable."""

    def put(self, key: str, content: IO[bytes]) -> None:
        """Write an object, whole and durable when this returns. Raises ObjectExists or ObjectsFull."""
        ...

    def get(self, key: str) -> IO[bytes]:
        """Return an object's bytes from their beginning; the caller closes them. Raises ObjectMissing."""
        ...

    def delete(self, key: str) -> None:
        """Remove an object. One that is gone already is as good."""
        ...

    def listed(self, prefix: str) -> Iterator[Listed]:
        """Yield the objects whose key begins with the folder ``prefix``."""
        ...

    def clear_unfinished(self, *, before: datetime) -> int:
        """Remove what writers that were killed before this instant left half written; return how much it was."""
        ...


def is_full(error: BaseException) -> bool:
    """Tell whether an error says that a disk, a quota or a bucket has no room left."""
    return getattr(error, "errno", None) in _FULL_NUMBERS or _FULL_WORDS.search(str(error)) is not None


@contextmanager
def told_when_full() -> Iterator[None]:
    """Raise ObjectsFull where the system says that a disk is full; every other fault stays what it is."""
    try:
        yield
    except OSError as error:
        if is_full(error):
            raise ObjectsFull from error
        raise


class _ObstoreDoor(ABC):
    """What folder and bucket have in common."""

    def __init__(self, clock: Clock) -> None:
        self._breaker = Breaker(clock)

    @property
    @abstractmethod
    def _store(self) -> LocalStore | S3Store: ...

    def put(self, key: str, content: IO[bytes]) -> None:
        """Write an object once."""
        with self._spoken_faults():
            obstore.put(self._store, key, content, mode="create", use_multipart=False)

    def get(self, key: str) -> IO[bytes]:
        """Return an object's bytes; they are fetched first, so that a slow reader holds no connection of ours."""
        # Closed by the caller, or here when fetching fails.
        fetched = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY_BYTES)  # noqa: SIM115
        try:
            self._fetch(key, fetched)
        except BaseException:
            fetched.close()
            raise
        fetched.seek(0)
        return fetched

    def delete(self, key: str) -> None:
        """Remove an object."""
        try:
            with self._spoken_faults():
                obstore.delete(self._store, key)
        except ObjectMissing:
            return

    def listed(self, prefix: str) -> Iterator[Listed]:
        """Yield the objects of a folder."""
        with self._spoken_faults():
            for page in obstore.list(self._store, prefix=prefix):
                for meta in page:
                    yield Listed(key=meta["path"], size=meta["size"], written_at=meta["last_modified"])

    def _fetch(self, key: str, into: IO[bytes]) -> None:
        with self._spoken_faults():
            found = obstore.get(self._store, key)
            if found.meta["size"] > MAX_OBJECT_BYTES:
                raise ObjectsUnavailable
            for chunk in found.stream(min_chunk_size=_CHUNK_BYTES):
                into.write(chunk)

    @contextmanager
    def _spoken_faults(self) -> Iterator[None]:
        """Raise what went wrong as ours. Only a place that does not work counts against it."""
        left_s = self._breaker.refuses_for_s()
        if left_s:
            raise ObjectsUnavailable(retry_after_s=int(left_s) + 1)
        try:
            yield
        except AlreadyExistsError as error:
            self._breaker.succeeded()
            raise ObjectExists from error
        except FileNotFoundError as error:
            self._breaker.succeeded()
            raise ObjectMissing from error
        except (BaseError, OSError) as error:
            if is_full(error):
                self._breaker.succeeded()
                raise ObjectsFull from error
            self._breaker.failed()
            raise ObjectsUnavailable from error
        self._breaker.succeeded()


class FolderStore(_ObstoreDoor):
    """Objects in a folder that only its owner may enter."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        super().__init__(clock)
        self._folder = folder

    @cached_property
    @override
    def _store(self) -> LocalStore:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return LocalStore(self._folder)

    @override
    def put(self, key: str, content: IO[bytes]) -> None:
        """Write an object once, and wait until the disk has it: obstore itself does not."""
        super().put(key, content)
        with self._spoken_faults():
            path = self._folder / key
            _sync(path)
            for folder in path.relative_to(self._folder).parents:
                _sync(self._folder / folder)

    def clear_unfinished(self, *, before: datetime) -> int:
        """Remove half-written files."""
        removed = 0
        for path in self._folder.rglob("*#*"):
            if _UNFINISHED.search(path.name) and datetime.fromtimestamp(path.stat().st_mtime, UTC) < before:
                path.unlink(missing_ok=True)
                removed += 1
        return removed


class BucketStore(_ObstoreDoor):
    """Objects in a bucket that speaks S3."""

    def __init__(self, bucket: BucketSettings, clock: Clock) -> None:
        super().__init__(clock)
        self._bucket = bucket

    @cached_property
    @override
    def _store(self) -> S3Store:
        return S3Store(
            self._bucket.name,
            endpoint=self._bucket.endpoint,
            region=self._bucket.region,
            access_key_id=self._bucket.access_key_id,
            secret_access_key=self._bucket.secret_key,
            virtual_hosted_style_request=False,
            client_options={
                "connect_timeout": CONNECT_LIMIT,
                "timeout": CALL_LIMIT,
                # The settings refuse plain HTTP in production.
                "allow_http": self._bucket.endpoint.startswith("http://"),
            },
            # Whoever uploads tries again under the same key; waiting here would hold a thread.
            retry_config={"max_retries": 0, "retry_timeout": CALL_LIMIT},
        )

    def clear_unfinished(self, *, before: datetime) -> int:  # noqa: ARG002 - the promise of ObjectStore
        """Remove nothing: a bucket shows an object whole or not at all."""
        return 0


def make_object_store(settings: Settings, clock: Clock) -> ObjectStore:
    """Return the store the settings ask for: the folder, unless a bucket is named."""
    if settings.bucket is None:
        return FolderStore(settings.objects_dir, clock)
    return BucketStore(settings.bucket, clock)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
