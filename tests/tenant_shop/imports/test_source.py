import pytest

from tenant_shop.imports.errors import UnreadableFile
from tenant_shop.imports.source import detect_encoding, open_text

TEXT = "Handle,Title\ncafe,Café ☕\n"


def read(path):
    encoding = detect_encoding(path)
    with open_text(path, encoding) as (text, _):
        return encoding, text.read()


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_unicode_is_recognised_with_its_byte_order_mark_and_utf8_also_without(write_file, codec):
    encoding, text = read(write_file(TEXT.encode(codec)))
    assert (text, encoding.announcement) == (TEXT, None)


def test_a_big_endian_mark_is_recognised(write_file):
    assert read(write_file(b"\xfe\xff" + TEXT.encode("utf-16-be")))[1] == TEXT


def test_windows_1252_is_assumed_for_what_is_not_utf8_and_announced(write_file):
    encoding, text = read(write_file("Handle,Title\ncafe,Café 5 €\n".encode("cp1252")))
    assert text == "Handle,Title\ncafe,Café 5 €\n"
    assert encoding.announcement == "products.csv is not UTF-8; it is read as Windows-1252."


def test_utf8_with_some_wrong_bytes_stays_utf8(write_file):
    encoding, text = read(write_file("é,è,ü\n".encode() + b"caf\xe9\n"))
    assert (encoding.name, text) == ("UTF-8", "é,è,ü\ncaf\udce9\n")
    assert encoding.damage.search(text)


def test_a_character_cut_in_two_by_a_chunk_is_whole(write_file):
    text = "x" * 65_535 + "é" * 70_000
    assert read(write_file(text))[1] == text


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "is empty"),
        (b" \n\r\n", "is empty"),
        (b"PK\x03\x04rest", "spreadsheet or an archive"),
        (b"\x1f\x8brest", "compressed"),
        (TEXT.encode("utf-16-le"), "UTF-16 without a byte order mark"),
    ],
)
def test_what_is_no_text_is_refused_with_its_cause(write_file, content, problem):
    with pytest.raises(UnreadableFile, match=problem):
        detect_encoding(write_file(content))


def test_a_missing_file_and_a_folder_are_refused(tmp_path):
    with pytest.raises(UnreadableFile, match=r"gone\.csv does not exist"):
        detect_encoding(tmp_path / "gone.csv")
    with pytest.raises(UnreadableFile, match="is not a file"):
        detect_encoding(tmp_path)
