"""How the platform's mails look: as its website does (static/css/tokens.css)."""

from smartseller.mail_look import SANS, MailLook, Shades

LOOK = MailLook(
    day=Shades(ground="#f5f8f7", sheet="#ffffff", ink="#14201f", muted="#54605f", line="#e0e4e3", link="#0e6c65"),
    night=Shades(ground="#121414", sheet="#1e2423", ink="#f4f4f2", muted="#bdbdb8", line="#3a403f", link="#5eead4"),
    brand="#0f766e",
    on_brand="#ffffff",
    heading_font=SANS,
    body_font=SANS,
    sheet_radius="12px",
    button_radius="8px",
    logo=None,
)
