import io
import re
from unittest import mock

import pytest

from tenant_shop.imports import records
from tenant_shop.imports.records import read_records

NO_DAMAGE = re.compile("[\ud800-\udfff]")


def read(text, delimiter=","):
    found = read_records(io.StringIO(text, newline=""), delimiter, NO_DAMAGE)
    return [(record.line, record.cells, record.fault) for record in found]


def test_lines_are_counted_as_in_the_file_over_cells_of_several_lines():
    assert read('a,b\r\n"1\r\n2",3\r\n\r\n4,5') == [
        (1, ["a", "b"], None),
        (2, ["1\r\n2", "3"], None),
        (5, ["4", "5"], None),
    ]


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_every_kind_of_line_end_is_one(line_end):
    assert read(line_end.join(["a", "b", ""])) == [(1, ["a"], None), (2, ["b"], None)]


def test_a_quote_that_is_never_closed_costs_its_own_line_only():
    assert read('a,"b\nc,d\ne,f\n') == [
        (1, ['a,"b'], "its quotes are broken"),
        (2, ["c", "d"], None),
        (3, ["e", "f"], None),
    ]


def test_a_quote_that_the_next_row_closes_wrongly_costs_its_own_line_only():
    assert read('a,"b\nc,"d"\n') == [(1, ['a,"b'], "its quotes are broken"), (2, ["c", "d"], None)]


def test_text_after_a_closing_quote_is_a_broken_row():
    assert read('"5" pipe",1\nx,y\n') == [(1, ['"5" pipe",1'], "its quotes are broken"), (2, ["x", "y"], None)]


def test_a_quote_inside_plain_text_is_text():
    assert read('5" pipe,1\n') == [(1, ['5" pipe', "1"], None)]


def test_a_nul_character_rejects_its_row():
    assert read("a\0,b\nc,d\n") == [(1, ["a\0", "b"], "it contains a NUL character"), (2, ["c", "d"], None)]


def test_a_cell_beyond_the_limit_rejects_its_row():
    (line, _, fault), after = read(f"a,{'x' * 131_073}\nc,d\n")
    assert (line, "a cell is longer than 131,072 characters" in fault) == (1, True)
    assert after == (2, ["c", "d"], None)


def test_a_line_without_end_is_read_over_in_pieces():
    with mock.patch.object(records, "LONGEST_LINE", 100):
        (line, saved, fault), after = read(f"a,{'x' * 1000}\nc,d\n")
    assert (line, len(saved[0]), fault) == (1, 100, "the line is longer than 100 characters")
    assert after == (2, ["c", "d"], None)
