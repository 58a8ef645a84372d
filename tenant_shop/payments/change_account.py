"""Changing how the shop takes money: its ways to pay, its mode, and what its gateways know it by."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.core.exceptions import ValidationError

from platform_core.tenancy.transactions import shop_transaction
from tenant_shop.configuration.change_settings import change_settings
from tenant_shop.configuration.settings import shop_settings
from tenant_shop.payments.methods import STRIPE_LIVE, STRIPE_TEST
from tenant_shop.payments.secrets import SecretsUnreadable, keep_secrets, read_secrets

SECRETS = ("secret_key", "webhook_secret")
LONGEST_KEY = 255


def known_secrets() -> dict[str, str]:
    """What is known of the shop's account with Stripe. What cannot be read any more has to be given anew."""
    try:
        return read_secrets("stripe")
    except SecretsUnreadable:
        return {}


def change_account(settings: Mapping[str, Any], secrets: Mapping[str, str]) -> list[str]:
    """Keep the `settings` that are given (payment_instructions, payment_methods, test_mode,
    stripe_key) and the `secrets`; the names of what
    changed. Without a public key there is no account: its secrets are forgotten.

    Errors: ValidationError by field (see `problems_of`); nothing changes then.
    """
    with shop_transaction():
        known = known_secrets()
        public = settings.get("stripe_key", shop_settings().stripe_key)
        if problems := dict(problems_of(public, given=secrets, known=known)):
            raise ValidationError(problems)
        changed = change_settings(settings)
        fresh = {name: value for name, value in secrets.items() if value != known.get(name)}
        if not public:
            changed += [name for name in SECRETS if name in known]
            keep_secrets("stripe", {})
        elif fresh:
            keep_secrets("stripe", {**known, **fresh})
            changed += list(fresh)
    return changed


def problems_of(
    public: str, *, given: Mapping[str, str], known: Mapping[str, str]
) -> Iterator[tuple[str, ValidationError]]:
    """What is wrong with the keys of an account, by field: they belong together, and to one mode.

    `invalid` for what is no public key, `no_account` where one comes without the others, `other_mode`.
    """
    if not public:
        for name in given:
            yield name, ValidationError("It belongs to a publishable key: give that, too.", "no_account")
        return
    if not public.startswith((STRIPE_LIVE, STRIPE_TEST)):
        yield "stripe_key", ValidationError("A publishable key begins with pk_test_ or pk_live_.", "invalid")
        return
    for name in SECRETS:
        if not (given.get(name) or known.get(name)):
            yield name, ValidationError("Stripe needs it, to take money and to tell what became of it.", "no_account")
    secret = given.get("secret_key") or known.get("secret_key", "")
    mode = "test" if public.startswith(STRIPE_TEST) else "live"
    if secret and f"_{mode}_" not in secret[:9]:
        message = f"The publishable key is a {mode} key, the secret one is not."
        yield "secret_key", ValidationError(message, "other_mode")
