"""Every text that people read is translated: the catalogues are complete, right, and compiled."""

import ast
import gettext
import shutil
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from smartseller import catalogues
from smartseller.catalogues import FUNCTIONS, Entry, Text

ROOT = Path(settings.BASE_DIR)
LANGUAGES = ["de", "fr", "ar"]
# Words that are the same in English.
SAME = {
    "de": {"%(field)s: %(problem)s", "Bronze", "Eircode", "Gold", "Name", "Oblast", "Shop"},
    "fr": {
        "%(number)s point",
        "Article",
        "Bronze",
        "Confirmation",
        "Date",
        "Description",
        "District",
        "E-mail",
        "Eircode",
        "Menu",
        "Oblast",
        "Page %(number)s",
        "Points",
        "Stock",
        "Page %(number)s of %(last)s",
        "Pages",
        "Province",
        "Total",
    },
    "ar": {"%(field)s: %(problem)s"},
}


def translated(language: str) -> gettext.GNUTranslations:
    with catalogues.po_file(language).with_suffix(".mo").open("rb") as file:
        return gettext.GNUTranslations(file)


@pytest.fixture(scope="module")
def in_code() -> dict[Text, list[str]]:
    """Every text of the code. All of it is read for that: once."""
    return catalogues.texts_in_code()


def test_every_language_of_the_settings_has_a_catalogue_or_is_that_of_the_code() -> None:
    assert catalogues.languages() == LANGUAGES
    assert sorted(path.name for path in (ROOT / "locale").iterdir()) == sorted(LANGUAGES)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_catalogue_is_complete_right_and_compiled(language: str, in_code: dict[Text, list[str]]) -> None:
    """When this fails: `manage.py translations`, then translate what it lists (docs/languages.md)."""
    assert catalogues.problems(language, in_code) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_catalogue_is_written_as_the_command_writes_it(language: str, in_code: dict[Text, list[str]]) -> None:
    entries = catalogues.in_step(language, in_code)
    assert catalogues.po_file(language).read_text() == catalogues.source_of(language, entries)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_was_left_in_english(language: str) -> None:
    same = {text.words for text, entry in catalogues.read(language).items() if entry.forms[0] == text.words}
    assert same - SAME[language] == set()


def test_texts_are_given_as_they_stand_so_that_they_can_be_found() -> None:
    """A text inside an f-string, or in a variable, is not in any catalogue."""
    hidden = []
    for path in (path for package in catalogues.CODE for path in (ROOT / package).rglob("*.py")):
        tree = ast.parse(path.read_text())
        inside_f_strings = {
            id(inner) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for inner in ast.walk(node)
        }
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name) or node.func.id not in FUNCTIONS:
                continue
            texts = node.args[: 2 if "n" in node.func.id[:2] or node.func.id.startswith("pg") else 1]
            if id(node) in inside_f_strings or not all(isinstance(text, ast.Constant) for text in texts):
                hidden.append(f"{path.relative_to(ROOT)}:{node.lineno}")
    assert hidden == []


def test_templates_count_by_plural_forms_and_not_by_an_s() -> None:
    shown = [path for folder in ("storefront", "emails", "status") for path in (ROOT / "templates" / folder).rglob("*")]
    assert [path.name for path in shown if path.is_file() and "pluralize" in path.read_text()] == []


def test_texts_are_found_in_templates_and_in_code() -> None:
    template = """{% load i18n %}
      <a title="{% translate 'A title' %}">{% translate "New" context "badge" %}</a>
        {% blocktranslate trimmed count number=n with name=thing.name %}
          {{ number }} {{ name }}
        {% plural %}
          {{ number }} times {{ name }}
        {% endblocktranslate %}
    """
    assert list(catalogues.texts_of(template, is_template=True)) == [
        Text("A title"),
        Text("New", context="badge"),
        Text("%(number)s %(name)s", "%(number)s times %(name)s"),
    ]
    code = 'a = _("One")\nb = ngettext("%(n)s", "%(n)ss", 2)\nc = pgettext_lazy("badge", "New")\n'
    assert list(catalogues.texts_of(code, is_template=False)) == [
        Text("One"),
        Text("%(n)s", "%(n)ss"),
        Text("New", context="badge"),
    ]


@pytest.fixture
def texts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[Text, list[str]]:
    """What the catalogues know, from a copy of them in which a test breaks something."""
    shutil.copytree(ROOT / "locale", tmp_path / "locale")
    monkeypatch.setattr(catalogues, "po_file", lambda code: tmp_path / "locale" / code / "LC_MESSAGES" / "django.po")
    return {text: [] for text in catalogues.read("de")}


@pytest.mark.parametrize(
    ("text", "forms", "problem"),
    [
        (Text("Add to cart"), ("",), "not translated: 'Add to cart'"),
        (Text("Nobody asks for this"), ("Nichts",), "no longer in the code: 'Nobody asks for this'"),
        (Text("%(name)s is sold out."), ("%(nome)s fehlt.",), "other placeholders: '%(name)s is sold out.'"),
        (Text("%(name)s is sold out."), ("Das fehlt.",), "other placeholders: '%(name)s is sold out.'"),
        (Text("%(percent)s off"), ("%(percent)s, 5 % mehr",), "a lonely percent sign: '%(percent)s off'"),
        (Text("Add to cart"), ("<b>Kaufen</b>",), "other tags: 'Add to cart'"),
        (Text("Add to cart"), (" Kaufen",), "other spaces around it: 'Add to cart'"),
    ],
)
def test_what_is_wrong_with_a_translation_is_named(
    texts: dict[Text, list[str]], text: Text, forms: tuple[str], problem: str
) -> None:
    entries = catalogues.read("de")
    entries[text] = Entry(forms)
    catalogues.write("de", entries)
    assert catalogues.problems("de", texts) == [problem]


def test_a_missing_a_fuzzy_and_an_uncompiled_text_are_named(texts: dict[Text, list[str]]) -> None:
    assert catalogues.problems("de", {**texts, Text("Brand new"): []}) == ["not in the catalogue: 'Brand new'"]
    entries = catalogues.read("de")
    entries[Text("Add to cart")].is_fuzzy = True
    catalogues.write("de", entries)
    assert catalogues.problems("de", texts) == ["not checked yet (fuzzy): 'Add to cart'"]
    catalogues.write("de", catalogues.read("de") | {Text("Add to cart"): Entry(("Kaufen",))})
    source = catalogues.po_file("de")
    source.write_text(source.read_text().replace('"Kaufen"', '"Mitnehmen"'))
    assert catalogues.problems("de", texts) == ["django.mo is not the compilation of django.po"]


def test_the_command_makes_room_for_new_texts_and_its_check_changes_nothing(
    texts: dict[Text, list[str]], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    texts[Text("Brand new")] = ["templates/storefront/home.html"]
    del texts[Text("Add to cart")]
    monkeypatch.setattr(catalogues, "texts_in_code", lambda: texts)
    before = catalogues.po_file("ar").read_bytes()
    with pytest.raises(CommandError, match="6 things are missing"):
        call_command("translations", "--check")
    assert catalogues.po_file("ar").read_bytes() == before
    call_command("translations")
    assert "ar: not translated: 'Brand new'" in capsys.readouterr().out
    assert catalogues.read("ar")[Text("Brand new")].forms == ("",)
    assert Text("Add to cart") not in catalogues.read("ar")


@pytest.mark.parametrize(
    ("language", "wanted"),
    [
        ("de", {0: "0 Produkte", 1: "1 Produkt", 2: "2 Produkte"}),
        ("fr", {0: "0 produit", 1: "1 produit", 2: "2 produits"}),
        ("ar", {0: "لا منتجات", 1: "منتج واحد", 2: "منتجان", 3: "3 منتجات", 10: "10 منتجات", 11: "11 منتجًا",
                99: "99 منتجًا", 100: "100 منتج", 102: "102 منتج", 103: "103 منتجات"}),
    ],
)  # fmt: skip
def test_things_are_counted_by_the_plural_forms_of_the_language(language: str, wanted: dict[int, str]) -> None:
    counted = translated(language)
    one, many = "%(number)s product", "%(number)s products"
    assert {number: counted.ngettext(one, many, number) % {"number": number} for number in wanted} == wanted
