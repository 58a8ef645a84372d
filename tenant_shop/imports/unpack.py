"""Files that xz compressed, read as what is in them."""

import io
import lzma

MAGIC = b"\xfd7zXZ\x00"
CHUNK = 1 << 16
# What the dictionary of `xz -9` takes, and a little. An archive may ask for gigabytes.
MEMORY_BYTES = 80 << 20


def unpacked(stored: io.BufferedReader) -> io.BufferedReader:
    """`stored`, at its start, or a reader of what is in it when xz compressed it.

    Reading raises lzma.LZMAError for what is damaged or takes more than `MEMORY_BYTES`, EOFError for what ends early.
    """
    is_packed = stored.read(len(MAGIC)) == MAGIC
    stored.seek(0)
    return io.BufferedReader(_Unpacked(stored), CHUNK) if is_packed else stored


class _Unpacked(io.RawIOBase):
    """The streams of an xz file, one after the other. The standard library's reader knows no bound on memory."""

    def __init__(self, stored: io.BufferedReader) -> None:
        self._stored = stored
        self._stream = _stream()
        self._waiting = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        while True:
            if self._stream.eof:
                # Zeros pad the end of a stream to a multiple of four bytes.
                self._waiting = (self._stream.unused_data or self._stored.read(CHUNK)).lstrip(b"\0")
                if not self._waiting:
                    return 0
                self._stream = _stream()
            elif self._stream.needs_input and not self._waiting:
                self._waiting = self._stored.read(CHUNK)
                if not self._waiting:
                    raise EOFError("the archive ends early")
            data = self._stream.decompress(self._waiting, len(buffer))
            self._waiting = b""
            if data:
                buffer[: len(data)] = data
                return len(data)


def _stream() -> lzma.LZMADecompressor:
    return lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=MEMORY_BYTES)
