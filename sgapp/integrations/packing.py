"""Files that are made one after the other into one zip, or a folder, and what each came to; no more in memory than a piece."""

import errno
import hashlib
import os
import shutil
import zipfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import IO

from sgapp.domain.evidence import Packed

#: A file that is on its way: its name, and its bytes piece by piece.
Part = tuple[str, Iterable[bytes]]
_PIECE = 1 << 16
#: More than anything of ours; whoever checks a file from elsewhere reads no further.
MOST_BYTES, MOST_FILES = 1 << 30, 2000


class NoPack(ValueError):
    """What was given cannot be read as one. The text says why."""


class _Outlet:
    """What a zip is written to: it gives away what it holds, and cannot be wound back."""

    def __init__(self) -> None:
        self.held: list[bytes] = []

    def write(self, data: bytes) -> int:
        self.held.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Nothing waits here."""

    def taken(self) -> bytes:
        out, self.held = b"".join(self.held), []
        return out


@contextmanager
def whole_or_gone(place: Path) -> Iterator[None]:
    """Make a file or folder that is not there yet; what could not be finished is taken away again. Raises OSError."""
    if place.exists():
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST))
    try:
        yield
    except FileExistsError:  # somebody else's, made meanwhile
        raise
    except BaseException:
        if place.is_dir():
            shutil.rmtree(place, ignore_errors=True)
        else:
            place.unlink(missing_ok=True)
        raise


def zipped(parts: Iterable[Part], last: Callable[[list[Packed]], Part], at: datetime) -> Iterator[bytes]:
    """A zip of the parts as its bytes come, and of the one that `last` makes of what they came to."""
    out, done = _Outlet(), list[Packed]()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:  # type: ignore[arg-type]
        for name, pieces in _then(parts, last, done):
            entry = zipfile.ZipInfo(name, at.timetuple()[:6])
            entry.compress_type = zipfile.ZIP_DEFLATED
            with packed.open(entry, "w") as file:
                for _ in _through(name, pieces, file, done):
                    yield out.taken()
    yield out.taken()


def into_folder(folder: Path, parts: Iterable[Part], last: Callable[[list[Packed]], Part]) -> None:
    """The same into a folder that is not there yet, for its owner alone. Raises OSError."""
    folder.mkdir(mode=0o700)
    done = list[Packed]()
    for name, pieces in _then(parts, last, done):
        path = folder / name
        path.parent.mkdir(mode=0o700, exist_ok=True)
        with open(path, "xb", opener=lambda place, flags: os.open(place, flags, 0o600)) as file:
            for _ in _through(name, pieces, file, done):
                pass


def _then(parts: Iterable[Part], last: Callable[[list[Packed]], Part], done: list[Packed]) -> Iterator[Part]:
    yield from parts
    yield last(list(done))


def _through(name: str, pieces: Iterable[bytes], file: IO[bytes], done: list[Packed]) -> Iterator[None]:
    digest, length = hashlib.sha256(), 0
    for piece in pieces:
        file.write(piece)
        digest.update(piece)
        length += len(piece)
        yield
    done.append(Packed(name, digest.hexdigest(), length))


def looked_through(path: Path, manifest: str) -> tuple[str, list[Packed]]:
    """The manifest's text, and what each other file comes to, of a zip or a folder. Raises NoPack."""
    try:
        if path.is_dir():
            names = [p.relative_to(path).as_posix() for p in sorted(path.rglob("*")) if not p.is_dir()]
            return _looked(names, lambda name: (path / name).open("rb"), manifest)
        with zipfile.ZipFile(path) as packed:
            return _looked([info.filename for info in packed.infolist()], packed.open, manifest)
    except (OSError, zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError) as error:
        raise NoPack(f"it could not be read ({type(error).__name__})") from error
    except ValueError as error:
        raise NoPack(str(error)) from error


def _looked(names: list[str], opened: Callable[[str], IO[bytes]], manifest: str) -> tuple[str, list[Packed]]:
    if len(names) > MOST_FILES or names.count(manifest) != 1:
        raise ValueError(f"there is not one {manifest} in it")
    with opened(manifest) as file:
        text = file.read(_PIECE * 16).decode()
    left, found = MOST_BYTES, []
    for name in names:
        if name == manifest:
            continue
        digest, length = hashlib.sha256(), 0
        with opened(name) as file:
            while piece := file.read(_PIECE):
                digest.update(piece)
                length += len(piece)
                if (left := left - len(piece)) < 0:
                    raise ValueError("there is far more in it than ever left here")
        found.append(Packed(name, digest.hexdigest(), length))
    return text, found
