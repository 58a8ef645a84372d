"""The look: drafted and tried by those who may, live at the next request, and never seen before by anybody else."""

import io
from typing import Any

import pytest
from PIL import Image

from platform_core.accounts.models import AccessRole
from platform_core.audit.models import AuditLog
from platform_core.audit.scope import platform_scope
from platform_core.plans.limits import Limited, PlanLimitReached
from platform_core.tenancy import directory
from platform_core.tenancy.connections import shop_connection
from platform_core.tenancy.context import tenant_context
from tenant_shop.backoffice import design_form
from tenant_shop.backoffice.design_form import DesignForm, initial_of
from tenant_shop.catalog.pictures.receive import keep_picture
from tenant_shop.configuration.design.change import KEPT_VERSIONS, publish_draft, save_draft
from tenant_shop.configuration.design.errors import NoDraft
from tenant_shop.configuration.design.read import read_design
from tenant_shop.configuration.theme import parse_theme
from tests.people import let_in, log_in, make_user, shop_browser, staff_browser
from tests.pictures import drawn, files_in, upload


def entered(config: dict[str, Any] | None = None, **changes: Any) -> dict[str, Any]:
    """What a browser sends of the form, untouched but for `changes`; None leaves a field out."""
    values = {**initial_of(config or {}), **changes}
    return {name: "on" if value is True else value for name, value in values.items() if value not in (False, None)}


def look_of(browser: Any) -> str:
    page = browser.get("/").content.decode()
    return "market" if 'data-look="market"' in page else "atelier"


def theme() -> dict[str, Any]:
    return dict(directory.by_slug("acme").theme)


@pytest.mark.parametrize("role", [AccessRole.EDITOR, AccessRole.VIEWER])
def test_only_owner_and_admin_come_to_the_design(acme, role):
    browser = staff_browser(acme, role)
    assert browser.get("/admin/design/").status_code == 403
    for path in ("", "publish/", "preview/", "discard/", "restore/1/"):
        assert browser.post(f"/admin/design/{path}", entered(look="market")).status_code == 403, path
    assert b"/admin/design/" not in browser.get("/admin/").content
    assert staff_browser(acme, AccessRole.ADMIN).get("/admin/design/").status_code == 200
    with tenant_context(acme):
        assert read_design().draft is None


def test_a_draft_is_seen_by_its_previewer_alone(acme):
    owner, admin, shopper = staff_browser(acme), staff_browser(acme, AccessRole.ADMIN), shop_browser(acme)

    saved = owner.post("/admin/design/", entered(look="market", action="preview"))

    assert saved.headers["Location"] == "/"
    assert look_of(owner) == "market"
    assert "You see the draft" in owner.get("/").content.decode()
    assert "no-store" in owner.get("/")["Cache-Control"]
    assert (look_of(admin), look_of(shopper)) == ("atelier", "atelier")
    assert theme() == {}


def test_the_second_of_two_at_the_draft_is_told_and_loses_nothing(acme):
    owner, admin = staff_browser(acme), staff_browser(acme, AccessRole.ADMIN, email="ada@acme.example")
    seen = owner.get("/admin/design/").context["seen"]
    assert admin.post("/admin/design/", entered(tagline="Hers", seen=seen)).status_code == 302

    told = owner.post("/admin/design/", entered(tagline="His", seen=seen))

    page = told.content.decode()
    assert told.status_code == 409
    assert "ada@acme.example has changed the look while you were editing." in page
    assert 'value="His"' in page
    with tenant_context(acme):
        assert read_design().draft["tagline"] == "Hers"
    assert owner.post("/admin/design/", entered(tagline="His", seen=told.context["seen"])).status_code == 302
    with tenant_context(acme):
        assert read_design().draft["tagline"] == "His"


def test_the_drafts_stylesheet_is_its_previewers_alone(acme):
    owner, shopper = staff_browser(acme), shop_browser(acme)
    owner.post("/admin/design/", entered(brand="#123456", action="preview"))

    mine, theirs = owner.get("/theme.css"), shopper.get("/theme.css")

    assert b"--brand: #123456;" in mine.content
    assert "no-store" in mine["Cache-Control"]
    assert b"--brand: #0f766e;" in theirs.content


def test_a_stolen_mark_shows_nothing(acme):
    owner, shopper = staff_browser(acme), shop_browser(acme)
    owner.post("/admin/design/", entered(look="market", action="preview"))
    mark = owner.cookies["design_preview"].value
    editor = staff_browser(acme, AccessRole.EDITOR)
    for browser in (shopper, editor, staff_browser(acme, AccessRole.ADMIN)):
        browser.cookies["design_preview"] = mark
        assert look_of(browser) == "atelier"
    owner.cookies["design_preview"] = mark[:-2] + "xx"
    assert look_of(owner) == "atelier"


def test_a_preview_ends_with_the_right_to_it(acme):
    user, browser = make_user(), shop_browser(acme)
    access = let_in(user, acme)
    log_in(browser, user)
    browser.post("/admin/design/", entered(look="market", action="preview"))
    assert look_of(browser) == "market"

    access.role = AccessRole.VIEWER
    access.save()

    assert look_of(browser) == "atelier"


def test_publishing_is_live_at_the_next_request_and_in_the_audit_log(acme):
    owner, shopper = staff_browser(acme), shop_browser(acme)
    assert look_of(shopper) == "atelier"

    owner.post("/admin/design/", entered(look="market", announcement="Open again", action="publish"))

    assert look_of(shopper) == "market"
    assert "Open again" in shopper.get("/").content.decode()
    assert theme()["look"] == "market"
    with platform_scope():
        entry = AuditLog.objects.get(action="publish_theme")
    assert entry.tenant_id == acme.id
    assert entry.old_values == {"theme_config": {}}
    assert entry.new_values["theme_config"]["announcement"] == "Open again"
    with tenant_context(acme):
        assert read_design().draft is None


def test_a_discarded_draft_leaves_everything_as_it_was(acme):
    owner = staff_browser(acme)
    owner.post("/admin/design/", entered(look="market", action="preview"))

    owner.post("/admin/design/discard/")

    assert look_of(owner) == "atelier"
    assert theme() == {}
    assert "What you see here is live" in owner.get("/admin/design/").content.decode()


def test_nothing_can_be_published_without_a_draft(shop):
    with pytest.raises(NoDraft):
        publish_draft(user_id=make_user().pk, by="me")
    assert theme() == {}


def test_an_earlier_look_becomes_the_draft_again(acme):
    owner = staff_browser(acme)
    for look in ("market", "atelier"):
        owner.post("/admin/design/", entered(look=look, action="publish"))
    with tenant_context(acme):
        numbers = [version.number for version in read_design().history]

    owner.post("/admin/design/restore/2/")

    assert numbers == [2, 1]
    assert theme()["look"] == "atelier"
    with tenant_context(acme):
        assert read_design().draft["look"] == "market"
    assert owner.post("/admin/design/restore/9/").status_code == 302
    with tenant_context(acme):
        assert read_design().draft["look"] == "market"


def test_the_last_five_looks_are_kept(shop):
    user = make_user()
    for number in range(8):
        save_draft({"tagline": str(number)}, by="me")
        publish_draft(user_id=user.pk, by="me")

    history = read_design().history

    assert len(history) == KEPT_VERSIONS
    assert [version.config.get("tagline") for version in history] == ["6", "5", "4", "3", "2"]


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("brand", "red;}body{display:none", "six digits"),
        ("look", "casino", "Select a valid choice"),
        ("heading_font", "url(x)", "Select a valid choice"),
        ("hero_url", "javascript:alert(1)", "Use a path of this shop"),
        ("announcement_url", "//evil.example", "Use a path of this shop"),
        ("footer_columns", "Shop\nEvil | javascript:alert(1)", "no link"),
        ("social", "http://insecure.example", "begins with https"),
        ("announcement", "a\u202eb", "cannot be shown"),
        ("place_hero", "0", "greater than or equal to 1"),
        ("place_hero", "²", "Enter a whole number"),
        ("place_hero", "9" * 5000, "Enter a whole number"),
    ],
)
def test_what_the_pages_would_drop_is_refused_with_a_reason(acme, field, value, said):
    owner = staff_browser(acme)

    refused = owner.post("/admin/design/", entered(**{field: value}))

    assert refused.status_code == 422
    assert said in refused.content.decode()
    with tenant_context(acme):
        assert read_design().draft is None


def test_words_of_markup_and_templates_are_shown_as_text(acme):
    evil = "</style><script>alert(1)</script>{{ settings.SECRET_KEY }}{% load x %}"
    owner, shopper = staff_browser(acme), shop_browser(acme)

    owner.post("/admin/design/", entered(announcement=evil, hero_title=evil, action="publish"))

    page = shopper.get("/").content.decode()
    assert "<script>alert" not in page
    assert "&lt;/style&gt;&lt;script&gt;alert(1)&lt;/script&gt;{{ settings.SECRET_KEY }}{% load x %}" in page
    assert "<script" not in shopper.get("/theme.css").content.decode()


def test_unreadable_colours_are_warned_about(acme):
    owner = staff_browser(acme)
    owner.post("/admin/design/", entered(brand="#ffe066", surface="#333333", own_text=True, text="#eeeeee"))

    page = owner.get("/admin/design/").content.decode()

    for said in (
        "The page colour #333333 is too dark for text",
        "The text colour #eeeeee cannot be read on the page",
        "The brand colour #ffe066 cannot be read as text on the page",
        "White cannot be read on the brand colour #ffe066",
        "hardly stand out from the page",
    ):
        assert said in page


def test_sections_are_shown_in_the_chosen_order(acme):
    owner = staff_browser(acme)
    owner.post("/admin/design/", entered(on_hero=False, place_brands="1", on_brands=True, place_newest="2"))
    with tenant_context(acme):
        draft = read_design().draft
    assert "hero" not in draft["sections"]
    assert draft["sections"][:1] == ["brands"]


def test_a_logo_is_taken_in_and_another_file_is_refused(acme):
    owner, shopper = staff_browser(acme), shop_browser(acme)
    file = io.BytesIO()
    Image.new("RGB", (200, 60), "#334455").save(file, "PNG")
    file.seek(0)
    file.name = "logo.png"

    owner.post("/admin/design/", {**entered(action="publish"), "logo": file})

    logo = parse_theme(theme()).logo
    assert logo is not None
    assert (logo.width, logo.height) == (200, 60)
    assert f'src="{logo.url}"' in shopper.get("/").content.decode()
    bad = io.BytesIO(b"<svg onload='alert(1)'/>")
    bad.name = "logo.svg"
    refused = owner.post("/admin/design/", {**entered(theme()), "logo": bad})
    assert refused.status_code == 422
    assert parse_theme(theme()).logo == logo

    owner.post("/admin/design/", entered(theme(), without_logo=True, action="publish"))
    assert parse_theme(theme()).logo is None


def test_of_several_pictures_all_are_kept_or_none(acme, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    good, bad = upload(drawn("PNG", (200, 60)), "logo.png"), upload(b"<svg onload='alert(1)'/>", "hero.png")

    refused = staff_browser(acme).post("/admin/design/", {**entered(), "logo": good, "hero_picture": bad})

    assert refused.status_code == 422
    assert "SVG is not taken" in refused.content.decode()
    assert files_in(tmp_path) == []


def test_room_that_is_gone_when_pictures_are_kept_is_said_and_leaves_nothing(acme, settings, tmp_path, monkeypatch):
    settings.MEDIA_ROOT = tmp_path
    full = PlanLimitReached("free", Limited.FILE_STORAGE_GB, 1)
    asked: list[bool] = []

    def one_fits(picture, *, purpose):
        asked.append(shop_connection().in_atomic_block)
        if len(asked) > 1:
            raise full
        return keep_picture(picture, purpose=purpose)

    monkeypatch.setattr(design_form, "keep_picture", one_fits)
    two = {"logo": upload(drawn("PNG", (200, 60)), "logo.png"), "hero_picture": upload(drawn(), "hero.jpg")}

    refused = staff_browser(acme).post("/admin/design/", {**entered(), **two})

    assert refused.status_code == 422
    assert refused.context["form"].errors == {"hero_picture": [str(full)]}
    assert asked == [True, True], "what asks in turn needs a transaction"
    assert files_in(tmp_path) == []
    with tenant_context(acme):
        assert read_design().draft is None


def test_what_the_form_shows_is_what_it_sends(acme):
    config = {
        "look": "market",
        "brand": "#112233",
        "text": "#222222",
        "heading_font": "slab",
        "sections": ["newest", "hero"],
        "hero_title": "Hello",
        "hero_text": "One.\n\nTwo.",
        "hero_label": "Go",
        "hero_url": "/products/",
        "footer_columns": [{"title": "More", "links": [{"label": "About", "url": "/pages/about/"}]}],
        "social": ["https://instagram.com/acme"],
    }
    form = DesignForm(config, entered(config))
    assert form.is_valid(), form.errors
    assert parse_theme(form.take_in()) == parse_theme(config)
