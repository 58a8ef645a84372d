import csv

import pytest

from tenant_shop.imports.errors import UnreadableFile
from tenant_shop.imports.rejects import RejectsFile, neutralised


@pytest.mark.parametrize(
    "cell",
    [
        '=HYPERLINK("http://x.example")',
        "@SUM(A1)",
        "+cmd|' /C calc'!A0",
        "-1+1",
        "-x",
        "\t=1",
        " =1",
        "\r=1",
        "\uff1d1",
    ],
)
def test_what_a_spreadsheet_would_run_is_neutralised(cell):
    assert neutralised(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["", "tee", "-5", "+5", "-1,299.00", "5-3", "a=b", "me@example.com"])
def test_other_cells_stay_as_they_are(cell):
    assert neutralised(cell) == cell


def test_undecodable_bytes_and_nul_are_shown_as_unreadable():
    assert neutralised("caf\udce9\0") == "caf?�"


def test_the_file_appears_only_when_a_row_was_rejected(tmp_path):
    with RejectsFile(tmp_path / "r.csv", ["Handle"], subject="Product") as rejects:
        pass
    assert (rejects.path, list(tmp_path.iterdir())) == (None, [])

    with RejectsFile(tmp_path / "r.csv", ["Handle", "=Title"], subject="Product") as rejects:
        rejects.write(7, "it is bad", "tee", ["tee", "=1+1"])
    assert rejects.path == tmp_path / "r.csv"
    assert list(tmp_path.iterdir()) == [tmp_path / "r.csv"]
    assert list(csv.reader((tmp_path / "r.csv").open(newline=""))) == [
        ["Line", "Reason", "Product", "Handle", "'=Title"],
        ["7", "it is bad", "tee", "tee", "'=1+1"],
    ]


def test_rows_rejected_before_an_error_are_kept(tmp_path):
    def import_that_fails():
        with RejectsFile(tmp_path / "r.csv", ["Handle"], subject="Product") as rejects:
            rejects.write(2, "it is bad", "tee", ["tee"])
            raise RuntimeError

    with pytest.raises(RuntimeError):
        import_that_fails()
    assert len((tmp_path / "r.csv").read_text().splitlines()) == 2


def test_a_place_that_cannot_be_written_is_refused(tmp_path):
    with (
        pytest.raises(UnreadableFile, match="cannot be written"),
        RejectsFile(tmp_path / "none" / "r.csv", [], subject="Product"),
    ):
        pass
    with pytest.raises(UnreadableFile, match="is a folder"), RejectsFile(tmp_path, [], subject="Product"):
        pass
