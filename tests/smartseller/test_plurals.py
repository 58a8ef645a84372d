"""One is not many."""

from __future__ import annotations

from smartseller.plurals import number_of


def test_one_is_one_and_everything_else_is_many() -> None:
    assert [number_of(count, "shop") for count in (0, 1, 2, 12_000)] == ["0 shops", "1 shop", "2 shops", "12,000 shops"]
    assert [number_of(count, "copy", "copies") for count in (1, 2)] == ["1 copy", "2 copies"]
