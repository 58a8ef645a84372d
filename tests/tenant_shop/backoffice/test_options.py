import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from tenant_shop.backoffice.options import read, written

words = st.text(st.characters(blacklist_categories=("Cs", "Cc", "Zs", "Zl", "Zp")), min_size=1, max_size=12)


@given(st.dictionaries(words, words, max_size=4))
def test_what_is_written_is_read_back(options: dict[str, str]) -> None:
    assert read(written(options)) == options


@pytest.mark.parametrize("line", ["Size", "Size:", ": M", "Size: M, Size: L", "{", '{"Size": 3}'])
def test_what_cannot_be_understood_is_refused(line: str) -> None:
    with pytest.raises(ValidationError):
        read(line)
