"""The catalogues of translations in `locale/`: found in the code, kept in step with it, compiled.

Needs nothing but Django and `babel`; GNU gettext need not be there. docs/languages.md says how a text is translated.
"""

import re
import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.pofile import read_po
from django.conf import settings
from django.utils.translation.template import templatize

SOURCE = "en"
CODE = ("smartseller", "platform_core", "tenant_shop")
TEMPLATES = {".html", ".txt"}
# Function → which argument is what, in babel's terms: 1 and 2 are singular and plural, "c" marks the context.
FUNCTIONS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
# How many forms a counted thing has, and which number takes which: as in Django's own catalogues, that ours extend.
PLURALS = {
    "de": "nplurals=2; plural=(n != 1);",
    "fr": "nplurals=2; plural=(n > 1);",
    "ar": "nplurals=6; plural=n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3 : n%100>=11 && n%100<=99 ? 4 "
    ": 5;",
}
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]")
# What placeholders of a number are called that decides about the plural form.
COUNTERS = {"number", "counter", "days", "stars"}
TAG = re.compile(r"</?[a-z][^>]*>")


@dataclass(frozen=True, order=True)
class Text:
    """A text in the code, in English. `plural` is "" for one that counts nothing."""

    words: str
    plural: str = ""
    context: str = ""

    def __str__(self) -> str:
        return f"{self.words!r} ({self.context})" if self.context else repr(self.words)


@dataclass
class Entry:
    """What a catalogue says for a text: one form, or one for each of the language's plural forms."""

    forms: tuple[str, ...]
    is_fuzzy: bool = False
    places: list[str] = field(default_factory=list)

    @property
    def is_complete(self) -> bool:
        return bool(self.forms) and all(self.forms)


def languages() -> list[str]:
    """The languages that need a catalogue: all but the one that the code is written in."""
    return [code for code, _ in settings.LANGUAGES if code != SOURCE]


def po_file(language: str) -> Path:
    return Path(settings.BASE_DIR) / "locale" / language / "LC_MESSAGES" / "django.po"


def texts_in_code() -> dict[Text, list[str]]:
    """Every text that the code asks a translation of, with the files that do."""
    found: dict[Text, list[str]] = {}
    root = Path(settings.BASE_DIR)
    sources = [path for package in CODE for path in (root / package).rglob("*.py")]
    sources += [path for path in (root / "templates").rglob("*") if path.suffix in TEMPLATES]
    for path in sorted(sources):
        place = path.relative_to(root).as_posix()
        for text in texts_of(path.read_text(), is_template=path.suffix in TEMPLATES):
            places = found.setdefault(text, [])
            if place not in places:
                places.append(place)
    return found


def texts_of(source: str, *, is_template: bool) -> Iterator[Text]:
    """The texts of one file, in its order."""
    if is_template:
        # What is left of the template is no program: no line may look like one that is indented.
        source = "\n".join(line.lstrip() for line in templatize(source).splitlines())
    for _, message, _, context in extract("python", BytesIO(source.encode()), FUNCTIONS):
        words, plural = message if isinstance(message, tuple) else (message, "")
        yield Text(words, plural or "", context or "")


def read(language: str) -> dict[Text, Entry]:
    """The catalogue of a language as it is written."""
    path = po_file(language)
    if not path.exists():
        return {}
    with path.open("rb") as file:
        written: Catalog = read_po(file, locale=language, abort_invalid=True)
    return {_text(message): _entry(message) for message in written if message.id}


def write(language: str, entries: dict[Text, Entry]) -> None:
    """Write the catalogue, in the order of the texts, and compile it."""
    path = po_file(language)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(source_of(language, entries), encoding="utf-8")
    path.with_suffix(".mo").write_bytes(compiled(language, entries))


def in_step(language: str, texts: dict[Text, list[str]]) -> dict[Text, Entry]:
    """The catalogue with a place for every text of the code, and without those that the code no longer has."""
    written = read(language)
    empty = ("",) * plural_count(language)
    return {
        text: Entry(
            forms=written[text].forms if text in written else empty if text.plural else ("",),
            is_fuzzy=text in written and written[text].is_fuzzy,
            places=places,
        )
        for text, places in texts.items()
    }


def problems(language: str, texts: Iterable[Text]) -> list[str]:
    """What keeps the catalogue from being complete and right; empty when nothing does."""
    written, wanted = read(language), set(texts)
    found = [f"not in the catalogue: {text}" for text in wanted - set(written)]
    found += [f"no longer in the code: {text}" for text in set(written) - wanted]
    for text in wanted & set(written):
        entry = written[text]
        if entry.is_fuzzy:
            found.append(f"not checked yet (fuzzy): {text}")
        elif not entry.is_complete or len(entry.forms) != (plural_count(language) if text.plural else 1):
            found.append(f"not translated: {text}")
        else:
            found += [f"{fault}: {text}" for fault in _faults(text, entry)]
    binary = po_file(language).with_suffix(".mo")
    if not binary.exists() or binary.read_bytes() != compiled(language, written):
        found.append("django.mo is not the compilation of django.po")
    return sorted(found)


def _faults(text: Text, entry: Entry) -> Iterator[str]:
    """Where a translation differs from its text in what must be the same."""
    wanted, tags = set(PLACEHOLDER.findall(text.words + text.plural)), sorted(TAG.findall(text.words))
    for form in entry.forms:
        given = set(PLACEHOLDER.findall(form))
        # "One review" and Arabic's "two reviews" need not repeat the number.
        may_miss = COUNTERS if text.plural and form != entry.forms[-1] else set()
        if given - wanted or wanted - given - may_miss:
            yield "other placeholders"
        if wanted and "%" in PLACEHOLDER.sub("", form).replace("%%", ""):
            yield "a lonely percent sign"
        if sorted(TAG.findall(form)) != tags:
            yield "other tags"
        if (text.words[:1].isspace(), text.words[-1:].isspace()) != (form[:1].isspace(), form[-1:].isspace()):
            yield "other spaces around it"


def plural_count(language: str) -> int:
    return int(PLURALS[language].removeprefix("nplurals=").partition(";")[0])


def source_of(language: str, entries: dict[Text, Entry]) -> str:
    """The catalogue as a `.po` file; the same for the same entries, without dates and names of tools."""
    blocks = [f'msgid ""\nmsgstr ""\n{_lines(_header(language))}']
    for text in sorted(entries):
        entry, lines = entries[text], []
        lines += [f"#: {place}" for place in entry.places]
        lines += ["#, fuzzy"] if entry.is_fuzzy else []
        lines += [f"msgctxt {_quoted(text.context)}"] if text.context else []
        lines += [f"msgid {_quoted(text.words)}"]
        if text.plural:
            lines += [f"msgid_plural {_quoted(text.plural)}"]
            lines += [f"msgstr[{number}] {_quoted(form)}" for number, form in enumerate(entry.forms)]
        else:
            lines += [f"msgstr {_quoted(entry.forms[0])}"]
        blocks.append("\n".join(lines))
    return "\n\n".join(blocks) + "\n"


def compiled(language: str, entries: dict[Text, Entry]) -> bytes:
    """The catalogue as a `.mo` file. What is not translated or not checked is left out: readers get English.

    Source: GNU gettext manual, "The Format of GNU MO Files"; without the optional hash table.
    """
    strings = {b"": _header(language).encode()}
    for text, entry in entries.items():
        if entry.is_complete and not entry.is_fuzzy:
            key = f"{text.context}\4{text.words}" if text.context else text.words
            key = f"{key}\0{text.plural}" if text.plural else key
            strings[key.encode()] = "\0".join(entry.forms).encode()
    keys = sorted(strings)
    start = 28 + 16 * len(keys)
    tables, pool = [b"", b""], b""
    for number, chosen in enumerate((keys, [strings[key] for key in keys])):
        for string in chosen:
            tables[number] += struct.pack("<2I", len(string), start + len(pool))
            pool += string + b"\0"
    header = struct.pack("<7I", 0x950412DE, 0, len(keys), 28, 28 + 8 * len(keys), 0, start)
    return header + tables[0] + tables[1] + pool


def _header(language: str) -> str:
    return (
        f"Language: {language}\nMIME-Version: 1.0\nContent-Type: text/plain; charset=UTF-8\n"
        f"Content-Transfer-Encoding: 8bit\nPlural-Forms: {PLURALS[language]}\n"
    )


def _text(message: Message) -> Text:
    words, plural = message.id if isinstance(message.id, (tuple, list)) else (message.id, "")
    return Text(str(words), str(plural), message.context or "")


def _entry(message: Message) -> Entry:
    forms = message.string if isinstance(message.string, (tuple, list)) else (message.string,)
    return Entry(tuple(str(form or "") for form in forms), message.fuzzy, [place for place, _ in message.locations])


def _quoted(string: str) -> str:
    escaped = string.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
    return f'"{escaped}"'


def _lines(string: str) -> str:
    return "\n".join(_quoted(line) for line in string.splitlines(keepends=True))
