"""How a shop's mails look: its colours by day and by night, its letters, its logo."""

from platform_core.tenancy.context import TenantInfo
from platform_core.tenancy.hosts import public_url
from smartseller.mail_look import SANS, Logo, MailLook, Shades
from tenant_shop.configuration.theme.colour import glowing_ink, mix
from tenant_shop.configuration.theme.theme import Theme

# Mail programs know few letters: the nearest of those that every system has.
SERIF = "'Iowan Old Style','Palatino Linotype',Palatino,Georgia,'Times New Roman',serif"
MONO = "ui-monospace,Menlo,Consolas,'Courier New',monospace"
STACKS = {"serif": SERIF, "classic": SERIF, "didone": SERIF, "slab": SERIF, "mono": MONO}
ROUNDNESS = {"sharp": ("0", "0"), "soft": ("12px", "8px"), "round": ("20px", "999px")}
LOGO_HEIGHT = 44
WIDEST_LOGO = 260


def mail_look(theme: Theme, tenant: TenantInfo) -> MailLook:
    """The look of the shop's mails, all of it readable: the theme sees to the day, this to the night."""
    sheet = mix("#1f1f1f", theme.brand, 0.05)
    sheet_radius, button_radius = ROUNDNESS[theme.radius]
    return MailLook(
        day=Shades(
            ground=theme.surface_sunken,
            sheet=theme.surface,
            ink=theme.ink,
            muted=theme.ink_muted,
            line=mix(theme.surface, theme.ink, 0.14),
            link=theme.brand_ink,
        ),
        night=Shades(
            ground=mix("#121212", theme.brand, 0.03),
            sheet=sheet,
            ink="#f4f4f2",
            muted="#bdbdb8",
            line=mix(sheet, "#ffffff", 0.16),
            link=glowing_ink(theme.brand, sheet),
        ),
        brand=theme.brand,
        on_brand=theme.on_brand,
        heading_font=STACKS.get(theme.heading_font, SANS),
        body_font=STACKS.get(theme.body_font, SANS),
        sheet_radius=sheet_radius,
        button_radius=button_radius,
        logo=_logo(theme, tenant),
    )


def _logo(theme: Theme, tenant: TenantInfo) -> Logo | None:
    """The logo itself, not one of its renditions: many mail programs know no newer format than PNG."""
    logo = theme.logo
    if logo is None:
        return None
    url = logo.url if logo.url.startswith("https://") else public_url(tenant.slug, tenant.domain, logo.url)
    if not (logo.width and logo.height):
        return Logo(url, None, LOGO_HEIGHT)
    scale = min(LOGO_HEIGHT / logo.height, WIDEST_LOGO / logo.width)
    return Logo(url, max(1, round(logo.width * scale)), max(1, round(logo.height * scale)))
