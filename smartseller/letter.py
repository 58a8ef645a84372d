"""What every letter has, whoever writes it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    name: str
    content: bytes
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """`path` is where the button leads, without language and host; `note` stands small below it."""

    title: str
    paragraphs: tuple[str, ...]
    button: str = ""
    path: str = ""
    note: str = ""
    attachments: tuple[Attachment, ...] = ()
