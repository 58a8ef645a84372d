"""The shop's stylesheet and its files."""

import gzip
import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import override_settings

from platform_core.tenancy.context import tenant_context
from tests.shopper import Shopper


def test_a_shops_colours_are_a_stylesheet_that_browsers_may_keep(make_shop, count_statements):
    make_shop("acme", theme_config={"brand": "#7c2d12", "accent": "url(//evil.example)", "radius": "sharp"})
    shopper = Shopper()
    address = shopper.get("/").content.decode().split('href="/theme.css?v=')[1].split('"')[0]
    with count_statements() as statements:
        versioned = shopper.get("/theme.css", v=address)
    plain = shopper.get("/theme.css")

    assert statements.count == 0
    assert "--brand: #7c2d12;" in versioned.content.decode()
    assert "evil" not in versioned.content.decode()
    assert versioned["Content-Type"] == "text/css; charset=utf-8"
    assert versioned["Cache-Control"] == "public, max-age=31536000, immutable"
    assert plain["Cache-Control"] == "public, no-cache"
    again = Shopper(if_none_match=plain["ETag"]).get("/theme.css")
    assert (again.status_code, again.content) == (304, b"")
    assert shopper.cookies == set()


@pytest.mark.parametrize("look", ["atelier", "market"])
def test_a_look_is_one_stylesheet_with_every_file_in_its_layer(make_shop, look):
    make_shop("acme", theme_config={"look": look})
    page = Shopper().get("/").content.decode()
    assert len(re.findall('rel="stylesheet"', page)) == 1
    answer = Shopper(accept_encoding="gzip").get("/theme.css")
    assert (answer["Content-Encoding"], answer["Vary"]) == ("gzip", "Accept-Encoding")
    css = gzip.decompress(answer.content).decode()

    assert "@import" not in css
    assert css.count("{") == css.count("}")
    assert css.startswith("@layer reset, tokens, base, layout, components, pages, look, languages;\n@layer reset {\n")
    own = {path.stem for path in Path(finders.find(f"css/looks/{look}")).glob("*.css")}
    assert css.count("@layer look {") == len(own) > 1
    assert css.rindex("@layer look {") < css.rindex(":root {"), "a shop's own values come last"


def test_a_shop_serves_its_own_files_and_nobody_elses(make_shop, tmp_path):
    acme, globex = make_shop("acme"), make_shop("globex")
    with override_settings(MEDIA_ROOT=str(tmp_path)):
        with tenant_context(acme):
            default_storage.save("products/mug.webp", ContentFile(b"picture"))
            default_storage.save("products/page.html", ContentFile(b"<script>alert(1)</script>"))
            default_storage.save("products/drawing.svg", ContentFile(b"<svg onload='x()'/>"))
        with tenant_context(globex):
            default_storage.save("theirs.png", ContentFile(b"secret"))
        shopper = Shopper()
        picture = shopper.get("/media/products/mug.webp")
        page = shopper.get("/media/products/page.html")
        drawing = shopper.get("/media/products/drawing.svg")

        assert b"".join(picture.streaming_content) == b"picture"
        assert picture["Content-Type"] == "image/webp"
        assert picture["X-Content-Type-Options"] == "nosniff"
        assert picture["Cache-Control"] == "public, max-age=2592000"
        assert Shopper(if_none_match=picture["ETag"]).get("/media/products/mug.webp").status_code == 304
        assert page["Content-Type"] == "application/octet-stream"
        assert page["Content-Disposition"] == 'attachment; filename="page.html"'
        assert "sandbox" in drawing["Content-Security-Policy"]
        page.close(), drawing.close()
        for path in (
            "/media/theirs.png",
            f"/media/../{globex.id.hex}/theirs.png",
            f"/media/..%2f{globex.id.hex}%2ftheirs.png",
            "/media/products/",
            "/media/products",
            "/media/%00",
            "/media//etc/passwd",
            "/media/" + "x" * 5000,
        ):
            assert shopper.get(path).status_code in (400, 404), path


def test_browsers_that_ask_for_an_icon_get_the_merchants_or_the_common_one(make_shop):
    make_shop("acme")
    make_shop("bolt", theme_config={"favicon": "/media/icon.png"})
    common, own = Shopper().get("/favicon.ico"), Shopper("bolt.localhost").get("/favicon.ico")
    assert (common.status_code, own.status_code) == (302, 302)
    assert common["Location"].startswith("/static/images/shop")
    assert own["Location"] == "/media/icon.png"
