"""Settings of payments, points and languages: their rooms judge and keep them."""

from typing import ClassVar

from django.conf import settings
from django.core.validators import RegexValidator
from django.utils import timezone
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from smartseller.api.inputs import Choice, Flag, Input, Text, Whole
from smartseller.api.outputs import Output
from tenant_shop.api.gate.scopes import Scopes
from tenant_shop.api.v1.settings import Changed, Section, Values
from tenant_shop.configuration.change_languages import change_languages
from tenant_shop.configuration.languages import Languages, kept_languages
from tenant_shop.configuration.rules import LONGEST_INSTRUCTIONS
from tenant_shop.configuration.settings import ShopSettings, shop_settings
from tenant_shop.loyalty.change_rules import change_rules
from tenant_shop.loyalty.check_rules import BOUNDS, as_stored
from tenant_shop.loyalty.rules import DEFAULTS
from tenant_shop.payments.change_account import LONGEST_KEY, SECRETS, change_account, known_secrets
from tenant_shop.payments.methods import FOR_EVERYBODY

# Numbers above zero with up to three decimals, as texts.
FRACTION = r"\.(00[1-9]|0[1-9][0-9]?|[1-9][0-9]{0,2})"
DECIMALS = r"(\.[0-9]{1,3})?"
MONEY = rf"^(0|[1-9][0-9]{{0,8}}){DECIMALS}$"
WORTH = rf"^(0{FRACTION}|[1-9][0-9]{{0,8}}{DECIMALS})$"
POINTS = rf"^(0{FRACTION}|[1-9][0-9]{{0,3}}{DECIMALS}|10000(\.0{{1,3}})?)$"
TIMES = rf"^([1-9]{DECIMALS}|10(\.0{{1,3}})?)$"
SHARE = rf"^([1-9][0-9]?{DECIMALS}|100(\.0{{1,3}})?)$"
PUBLIC_KEY = r"^pk_(test|live)_[!-~]*$"
PRINTABLE = r"^[!-~]+$"


class RoomSection(Section):
    """A section that its room judges and keeps; people call its fields as the API does."""

    def patch(self, request: Request) -> Response:
        return self.change(request)

    def changed(self, kept: Values, now: Values, names: list[str]) -> Changed | None:
        """What became of the fields of these names."""
        if not names:
            return None
        labels = [name.replace("_", " ").capitalize() for name in names]
        return Changed(labels, {name: kept.get(name) for name in names}, {name: now.get(name) for name in names})


class PaymentSettingsOutput(Output):
    """How the shop takes money; `payment_instructions` are the lines that say where a transfer goes. Secrets are never
    told, only whether they are there.
    """

    payment_instructions = serializers.CharField()
    payment_methods = serializers.ListField(child=serializers.CharField())
    test_mode = serializers.BooleanField()
    stripe_key = serializers.CharField()
    has_secret_key = serializers.BooleanField()
    has_webhook_secret = serializers.BooleanField()


class PaymentSettingsInput(Input):
    """Keys of an account with Stripe belong together, and to one mode; an empty `stripe_key` forgets all of them."""

    payment_instructions = Text(max_length=LONGEST_INSTRUCTIONS, allow_blank=True)
    payment_methods = serializers.ListField(child=Choice(FOR_EVERYBODY), min_length=1, max_length=len(FOR_EVERYBODY))
    test_mode = Flag()
    stripe_key = Text(max_length=LONGEST_KEY, allow_blank=True, validators=[RegexValidator(PUBLIC_KEY)])
    secret_key = Text(max_length=LONGEST_KEY, validators=[RegexValidator(PRINTABLE)])
    webhook_secret = Text(max_length=LONGEST_KEY, validators=[RegexValidator(PRINTABLE)])


class PaymentsSection(RoomSection):
    """Ways to pay, in the order in which they are offered; test mode; where a transfer goes, and what the shop's
    gateways know it by. It has a scope of its own: whoever may write it says where the money goes.
    """

    scopes = Scopes("payment_settings")
    output, changes = PaymentSettingsOutput, PaymentSettingsInput

    def stored(self) -> tuple[ShopSettings, dict[str, str]]:
        return shop_settings(), known_secrets()

    def shown(self, kept: tuple[ShopSettings, dict[str, str]]) -> Values:
        shop, secrets = kept
        return {
            "payment_instructions": shop.payment_instructions,
            "payment_methods": list(shop.payment_methods),
            "test_mode": shop.test_mode,
            "stripe_key": shop.stripe_key,
            **{f"has_{name}": name in secrets for name in SECRETS},
        }

    def write(self, kept: tuple[ShopSettings, dict[str, str]], given: Values) -> Changed | None:
        secrets = {name: given.pop(name) for name in SECRETS if name in given}
        if "payment_instructions" in given:
            given["payment_instructions"] = "\n".join(given["payment_instructions"].splitlines())
        if "payment_methods" in given:
            given["payment_methods"] = list(dict.fromkeys(given["payment_methods"]))
        before = self.shown(kept)
        # What is as it is shown is not written: a sandbox shows test mode whatever is kept.
        names = change_account({name: value for name, value in given.items() if before[name] != value}, secrets)
        # Of secrets the log tells that they changed, not what they were.
        found = self.changed(before, given, [name for name in names if name not in SECRETS])
        hidden = [name.replace("_", " ").capitalize() for name in names if name in SECRETS]
        if found is None:
            return Changed(hidden) if hidden else None
        return Changed([*found.labels, *hidden], found.before, found.after)


class Number(Text):
    """A number as a text, with at most three decimals."""

    def __init__(self, pattern: str) -> None:
        super().__init__(max_length=13)
        self.validators[-1] = RegexValidator(pattern)


class LoyaltySettingsOutput(Output):
    """Points and tiers. Amounts are in the shop's currency, `largest_share` is in per cent."""

    is_on = serializers.BooleanField()
    points_per_unit = serializers.CharField()
    silver_from = serializers.CharField()
    silver_multiplier = serializers.CharField()
    gold_from = serializers.CharField()
    gold_multiplier = serializers.CharField()
    platinum_from = serializers.CharField()
    platinum_multiplier = serializers.CharField()
    may_be_spent = serializers.BooleanField()
    point_worth = serializers.CharField()
    least_spent = serializers.IntegerField()
    largest_share = serializers.CharField()
    beside_discounts = serializers.BooleanField()


class LoyaltySettingsInput(Input):
    """Each tier begins above the one before. Turned on, points are earned for what is delivered from then on."""

    is_on = Flag()
    points_per_unit = Number(POINTS)
    silver_from = Number(MONEY)
    silver_multiplier = Number(TIMES)
    gold_from = Number(MONEY)
    gold_multiplier = Number(TIMES)
    platinum_from = Number(MONEY)
    platinum_multiplier = Number(TIMES)
    may_be_spent = Flag()
    point_worth = Number(WORTH)
    least_spent = Whole(min_value=int(BOUNDS["least_spent"][0]), max_value=int(BOUNDS["least_spent"][1]))
    largest_share = Number(SHARE)
    beside_discounts = Flag()


class LoyaltySection(RoomSection):
    """What customers earn and spend."""

    output, changes = LoyaltySettingsOutput, LoyaltySettingsInput

    def stored(self) -> Values:
        return {name: {**DEFAULTS, **shop_settings().loyalty}[name] for name in DEFAULTS}

    def shown(self, kept: Values) -> Values:
        return {**kept, "least_spent": int(kept["least_spent"])}

    def write(self, kept: Values, given: Values) -> Changed | None:
        wanted = {**kept, **as_stored(given)}
        return self.changed(kept, wanted, change_rules(wanted, now=timezone.now()))


SPOKEN = [code for code, _ in settings.LANGUAGES]


class LanguageSettingsOutput(Output):
    """`own` is what the merchant writes in (BCP 47), `others` are read below addresses of their own."""

    own = serializers.CharField()
    others = serializers.ListField(child=serializers.CharField())


class LanguageSettingsInput(Input):
    """`own` may name a country, as in de-AT. With another one search reads every product anew."""

    own = Text(max_length=5, validators=[RegexValidator(rf"^({'|'.join(SPOKEN)})(-[A-Z]{{2}})?$")])
    others = serializers.ListField(child=Choice(SPOKEN), max_length=len(SPOKEN))


class LanguagesSection(RoomSection):
    """The languages of the storefront."""

    output, changes = LanguageSettingsOutput, LanguageSettingsInput
    names: ClassVar = ("own", "others")

    def stored(self) -> Languages:
        return kept_languages()

    def shown(self, kept: Languages) -> Values:
        return {"own": kept.own, "others": list(kept.others)}

    def write(self, kept: Languages, given: Values) -> Changed | None:
        before, after = change_languages(given.get("own", kept.own), given.get("others", kept.others))
        was, now = self.shown(before), self.shown(after)
        return self.changed(was, now, [name for name in self.names if was[name] != now[name]])
