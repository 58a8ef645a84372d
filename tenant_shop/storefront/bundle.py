"""A look's stylesheet in one piece: what the files under `static/css` import, written out.

In many files for those who write them, in one answer for those who wait for it: a browser learns of an import only when
it has read the file that names it.
"""

import re
from functools import cache
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders

from tenant_shop.storefront.look import stylesheet_of

SHARED = "css/storefront.css"
IMPORT = re.compile(r'@import url\("([^"]+)"\) layer\(([\w-]+)\);\n?')
COMMENT = re.compile(r"/\*.*?\*/\s*", re.DOTALL)
INDENT = re.compile(r"^\s+", re.MULTILINE)


def bundle(look: str) -> str:
    """What all shops share, then what the look adds, each file in its layer; without comments and indents.

    Read once in a process, but each time while `DEBUG` is on.
    """
    return _written_out(look) if settings.DEBUG else _kept(look)


@cache
def _kept(look: str) -> str:
    return _written_out(look)


def _written_out(look: str) -> str:
    text = "\n".join(_with_imports(name) for name in (SHARED, stylesheet_of(look)))
    return INDENT.sub("", COMMENT.sub("", text))


def _with_imports(name: str) -> str:
    found = finders.find(name)
    if not isinstance(found, str):
        raise FileNotFoundError(f"no static file {name}")
    folder = Path(found).parent

    def written(match: re.Match[str]) -> str:
        return f"@layer {match[2]} {{\n{(folder / match[1]).read_text()}}}\n"

    return IMPORT.sub(written, Path(found).read_text())
