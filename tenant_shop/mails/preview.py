"""A mail as it would look, with examples for facts: to be looked at, and to be sent to whoever writes it."""

from collections.abc import Mapping

from django.core.mail import EmailMultiAlternatives

from smartseller.ids import uuid7
from tenant_shop.integrations.models import OutboxEvent
from tenant_shop.mails.kinds import ALWAYS, KINDS
from tenant_shop.mails.letterhead import letterhead
from tenant_shop.mails.own_words import OwnWords, fill

FOLLOWS = "Here follow what the mail is about, its sums and its button."


def preview(kind: str, language: str, words: Mapping[str, str], *, to: str) -> EmailMultiAlternatives:
    """The mail with `words` (subject, title, text) on the shop's paper. Errors: BrokenTemplate."""
    with letterhead(language) as head:
        facts = {**KINDS[kind].facts, **dict.fromkeys(ALWAYS, "")}
        filled: OwnWords = fill(words, facts | {"shop": head.shop.store_name, "shop_email": head.shop.store_email})
        context = {"words": filled, "title": filled.title, "follows": FOLLOWS}
        return head.write(OutboxEvent(id=uuid7()), "preview", to=to, subject=filled.subject, context=context)
