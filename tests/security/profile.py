"""Searches a browser's profile folder for words, in every form and container that Chromium writes them in.

Containers: LevelDB tables and logs (local storage, IndexedDB), the Snappy that IndexedDB's values are packed in, gzip and
zlib streams, and the entries of the simple cache with their brotli, gzip or zstd bodies. Other files are searched as they
lie. What is encrypted by the operating system (passwords, cookies) is not opened.
"""

import base64
import zlib
from collections.abc import Iterator
from pathlib import Path

import cramjam

_TABLE_MAGIC = (0xDB4775248B80FB57).to_bytes(8, "little")
_CACHE_MAGIC, _CACHE_END = (0xFCFB6D1BA7725C30).to_bytes(8, "little"), (0xF4FA6F45970D41D8).to_bytes(8, "little")
_PACKED_VALUE = b"\xff\x11\x02"  # Blink's mark for a value that was packed with Snappy
_LOG_BLOCK, _LOG_HEADER = 32 * 1024, 7


def forms(word: str) -> dict[str, bytes]:
    """The ways a word can lie in bytes, for a search that ignores case: all in lower case."""
    found = {name: word.lower().encode(name) for name in ("utf-8", "utf-16-le", "utf-16-be")}
    for spelt in {word, word.lower(), word.upper()}:
        for shift in range(3):
            # Without the symbols at the edges that depend on what stands beside the word.
            coded = base64.b64encode(b"x" * shift + spelt.encode())[(0, 2, 3)[shift]:-4]
            if len(coded) > 6:  # a short word leaves too little that is sure
                found[f"base64+{shift} {spelt}"] = coded.lower()
    return found


def unsnappied(data: bytes, start: int = 0, most: int = 64 * 1024 * 1024) -> bytes:
    """Raw Snappy, whatever follows it. Raises ValueError for what is none."""
    length, place = _varint(data, start)
    if length > most:
        raise ValueError("too long to be one of ours")
    out = bytearray()
    while len(out) < length:
        if place >= len(data):
            raise ValueError("ends too soon")
        tag = data[place]
        place += 1
        kind = tag & 3
        if kind == 0:
            size = tag >> 2
            if size >= 60:
                wide = size - 59
                size = int.from_bytes(data[place:place + wide], "little")
                place += wide
            out += data[place:place + size + 1]
            place += size + 1
            continue
        if kind == 1:
            size, back, wide = (tag >> 2 & 7) + 4, (tag >> 5) << 8 | int.from_bytes(data[place:place + 1]), 1
        else:
            wide = 2 if kind == 2 else 4
            size, back = (tag >> 2) + 1, int.from_bytes(data[place:place + wide], "little")
        place += wide
        if not 0 < back <= len(out):
            raise ValueError("points before the start")
        for _ in range(size):
            out.append(out[-back])
    return bytes(out)


def _varint(data: bytes, place: int) -> tuple[int, int]:
    value = shift = 0
    while place < len(data) and shift < 64:
        byte = data[place]
        place += 1
        value |= (byte & 127) << shift
        if byte < 128:
            return value, place
        shift += 7
    raise ValueError("no number")


def _table_blocks(data: bytes) -> Iterator[bytes]:
    """The blocks of a LevelDB table, unpacked, keys made whole."""
    _, place = _varint(data, len(data) - 48)
    _, place = _varint(data, place)
    offset, place = _varint(data, place)
    size, _ = _varint(data, place)
    for _, handle in _entries(_block(data, offset, size)):
        where, after = _varint(handle, 0)
        block = _block(data, where, _varint(handle, after)[0])
        yield block
        yield b"\n".join(part for entry in _entries(block) for part in entry)


def _block(data: bytes, offset: int, size: int) -> bytes:
    raw, kind = data[offset:offset + size], data[offset + size]
    return unsnappied(raw) if kind == 1 else bytes(cramjam.zstd.decompress(raw)) if kind in (2, 4) else raw


def _entries(block: bytes) -> Iterator[tuple[bytes, bytes]]:
    end = len(block) - 4 - 4 * int.from_bytes(block[-4:], "little")
    place, key = 0, b""
    while place < end:
        shared, place = _varint(block, place)
        own, place = _varint(block, place)
        size, place = _varint(block, place)
        key = key[:shared] + block[place:place + own]
        yield key, block[place + own:place + own + size]
        place += own + size


def _log_records(data: bytes) -> bytes:
    """What a LevelDB log holds, without the headers that can stand in the middle of a word."""
    out = bytearray()
    for start in range(0, len(data), _LOG_BLOCK):
        block, place = data[start:start + _LOG_BLOCK], 0
        while place + _LOG_HEADER <= len(block):
            size = int.from_bytes(block[place + 4:place + 6], "little")
            if block[place + 6] == 0:
                break
            out += block[place + _LOG_HEADER:place + _LOG_HEADER + size]
            place += _LOG_HEADER + size
    return bytes(out)


def _cache_streams(data: bytes) -> Iterator[bytes]:
    """The streams of a simple cache entry: body after the key, headers after the body, each closed by a mark."""
    start = 24 + int.from_bytes(data[12:16], "little")
    while (end := data.find(_CACHE_END, start)) != -1:
        yield data[start:end]
        start = end + 24
    yield data[start:]


def _unpacked(data: bytes) -> Iterator[tuple[str, bytes]]:
    """Whatever streams are found somewhere in these bytes."""
    for mark, bits in ((b"\x1f\x8b\x08", 31), (b"\x78\x01", 15), (b"\x78\x5e", 15), (b"\x78\x9c", 15), (b"\x78\xda", 15)):
        for place in _places(data, mark):
            try:
                found = zlib.decompressobj(bits).decompress(data[place:])
            except zlib.error:
                continue
            yield "gzip" if bits == 31 else "zlib", found
    for place in _places(data, _PACKED_VALUE):
        try:
            found = unsnappied(data, place + len(_PACKED_VALUE))
        except ValueError:
            continue
        yield "snappy", found


def _places(data: bytes, mark: bytes) -> Iterator[int]:
    place = data.find(mark)
    while place != -1:
        yield place
        place = data.find(mark, place + 1)


def _whole(data: bytes) -> Iterator[tuple[str, bytes]]:
    """A body that is packed from its first byte to its last, by the packings that have no mark of their own."""
    for name, how in (("brotli", cramjam.brotli.decompress), ("zstd", cramjam.zstd.decompress)):
        try:
            yield name, bytes(how(data))
        except cramjam.DecompressionError:
            continue


def inside(data: bytes) -> Iterator[tuple[str, bytes]]:
    """These bytes, and everything that is packed in them, each with the way it was found."""
    yield "as it lies", data
    parts: list[tuple[str, bytes]] = []
    if data.endswith(_TABLE_MAGIC):
        parts += [("table", block) for block in _table_blocks(data)]
    elif data.startswith(_CACHE_MAGIC):
        streams = list(_cache_streams(data))
        parts += [("cache entry", stream) for stream in streams]
        parts += [(f"cache entry, {name}", found) for stream in streams for name, found in _whole(stream)]
    parts += [(name, found) for name, found in _unpacked(data)]
    for name, part in list(parts):
        parts += [(f"{name}, {how}", found) for how, found in _unpacked(part)]
    yield from parts


def search(folder: Path, words: list[str]) -> list[str]:
    """Where under `folder` any of these words lies: 'word as form in file (container)'."""
    patterns = [(word, form, pattern) for word in words for form, pattern in forms(word).items()]
    found = []
    for path in sorted(p for p in folder.rglob("*") if p.is_file() and not p.is_symlink()):
        data = path.read_bytes()
        parts = list(inside(data))
        if path.suffix == ".log":
            records = _log_records(data)
            parts += [("log", records), *((f"log, {how}", part) for how, part in _unpacked(records))]
        for container, part in parts:
            lower = part.lower()
            found += [f"{word} as {form} in {path.relative_to(folder)} ({container})"
                      for word, form, pattern in patterns if pattern in lower]
    return found
