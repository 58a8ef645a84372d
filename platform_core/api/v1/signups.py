"""`/api/v1/signups/`: opening a shop, and how far it is."""

import hashlib
from functools import partial
from typing import Any

from django.core import signing
from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers, status
from rest_framework.exceptions import ErrorDetail
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from platform_core.api.gate.scopes import MayUse, Scopes
from platform_core.api.v1.plans import offered
from platform_core.api.v1.resource import Resource, Shows, Values
from platform_core.billing.coupons.errors import CouponRefused
from platform_core.fleet.models import ProvisioningRun, ProvisioningStep
from platform_core.fleet.provision.details import ShopDetailsRefused
from platform_core.fleet.provision.request import ShopRequest
from platform_core.fleet.provision.task import start
from platform_core.keys.models import UserKey
from platform_core.signups.ask import ask, request_at_once
from platform_core.signups.guesses import may_guess, note_wrong
from platform_core.signups.models import SignUp
from platform_core.tenancy.hosts import shop_url
from smartseller.api.etags import etag_of
from smartseller.api.idempotency import name_of
from smartseller.api.inputs import Input, Text
from smartseller.api.lists import check_parameters
from smartseller.api.outputs import Output, represent
from smartseller.throttle import TooOften, count_mailbox

SALT = "platform api sign-up"
# Seconds that whoever signed up without a key may look how far it is.
LOOKED_AT_FOR = 86_400
# Until the mailbox has answered.
UNCONFIRMED = "unconfirmed"
STATES = (UNCONFIRMED, "running", "succeeded", "failed")
# Mails to one mailbox in an hour.
MOST_TO_A_MAILBOX = 3
Asked = ProvisioningRun | SignUp


class StepOutput(serializers.ModelSerializer[ProvisioningStep]):
    """One thing that is done, and for how many milliseconds it was."""

    class Meta:
        model = ProvisioningStep
        fields = ("name", "state", "ms")
        read_only_fields = fields


class SignupOutput(Output):
    """A shop that was asked for: `unconfirmed` until the link in the mail is followed, then how far it is, and each
    step."""

    id = serializers.UUIDField(read_only=True)
    shop_id = serializers.SerializerMethodField()
    slug = serializers.SerializerMethodField()
    state = serializers.SerializerMethodField()
    url = serializers.SerializerMethodField()
    progress_url = serializers.SerializerMethodField()
    steps = serializers.SerializerMethodField()
    started_at = serializers.SerializerMethodField()
    finished_at = serializers.SerializerMethodField()

    @extend_schema_field(serializers.UUIDField(allow_null=True))
    def get_shop_id(self, asked: Asked) -> str | None:
        return None if isinstance(asked, SignUp) else str(asked.tenant_id)

    def get_slug(self, asked: Asked) -> str:
        return asked.slug if isinstance(asked, SignUp) else asked.tenant.slug

    @extend_schema_field({"type": "string", "enum": list(STATES)})
    def get_state(self, asked: Asked) -> str:
        return UNCONFIRMED if isinstance(asked, SignUp) else asked.state

    def get_url(self, asked: Asked) -> str:
        return shop_url(self.get_slug(asked))

    @extend_schema_field({"type": "string", "description": "Where to look without a key how far it is, for a day."})
    def get_progress_url(self, asked: Asked) -> str:
        kind = "sign-up" if isinstance(asked, SignUp) else "run"
        return reverse("api-v1:signup-progress", args=[signing.dumps([kind, asked.pk.hex], salt=SALT)])

    @extend_schema_field(StepOutput(many=True))
    def get_steps(self, asked: Asked) -> Any:
        return [] if isinstance(asked, SignUp) else StepOutput(asked.steps.all(), many=True).data

    @extend_schema_field(serializers.DateTimeField)
    def get_started_at(self, asked: Asked) -> str:
        return _moment(asked.created_at if isinstance(asked, SignUp) else asked.started_at) or ""

    @extend_schema_field(serializers.DateTimeField(allow_null=True))
    def get_finished_at(self, asked: Asked) -> str | None:
        return None if isinstance(asked, SignUp) else _moment(asked.finished_at)


def _moment(moment: Any) -> str | None:
    return None if moment is None else str(serializers.DateTimeField().to_representation(moment))


class SignupInput(Input):
    """A shop. Without a key `email` says whose, and the mailbox is asked; with one it is the owner's of the key."""

    slug = Text(max_length=50)
    name = Text(max_length=255)
    plan = Text(max_length=50, required=False, default="basic")
    billing_cycle = serializers.ChoiceField(choices=["monthly", "annual"], required=False, default="monthly")
    coupon = Text(max_length=40, required=False)
    currency = Text(max_length=3, required=False, default="USD")
    timezone = Text(max_length=50, required=False, default="UTC")
    country = Text(max_length=2, required=False, default="US")
    email = Text(max_length=255, required=False)


def runs() -> QuerySet[ProvisioningRun]:
    return ProvisioningRun.objects.select_related("tenant").prefetch_related("steps")


class Signups(Resource):
    """Ask for a shop, with the trial that every new person has.

    Without a key a link goes to the mailbox `email`, whoever has it, and nothing is made before it is followed; the
    password is chosen there. With a key, of somebody whose address is proven, it needs the scope `write_shops`: the
    address of the shop is taken at once, the rest is done in the background. Follow `progress_url`.
    """

    model, output, input = ProvisioningRun, SignupOutput, SignupInput
    permission_classes = ()
    key_optional = True
    answers = status.HTTP_202_ACCEPTED
    operation = "sign_up"
    refuses = (401, 403)

    def post(self, request: Request) -> Response:
        check_parameters(request.query_params, ())
        if isinstance(request.auth, UserKey):
            _CHECK.has_permission(request, _Scoped)
        values = self.read(self.input)
        email, values["cycle"] = values.pop("email", None), values.pop("billing_cycle")
        if not offered().filter(name=values["plan"]).exists():
            raise ShopDetailsRefused({"plan": f"There is no plan {values['plan']!r}."})
        shown = represent(self.output, self._guarded(values, email))
        return Response(shown, status=self.answers, headers={"ETag": etag_of(shown)})

    def _ask(self, values: Values, email: str | None) -> Asked:
        key, name = self.request.auth, name_of(self.request)
        named = None if name is None else hashlib.sha256(f"{key.pk if key else ''}:{name}".encode()).hexdigest()
        if isinstance(key, UserKey):
            if email is not None:
                words = ErrorDetail("The key says who you are.", "not_needed")
                raise serializers.ValidationError({"email": [words]})
            if self.person.email_verified:
                return self._make(ShopRequest(owner_email=self.person.email, key=named, **values))
            email = self.person.email
        if not email:
            raise serializers.ValidationError({"email": [ErrorDetail("Say who you are.", "required")]})
        admit = partial(count_mailbox, what="sign-up", most=MOST_TO_A_MAILBOX)
        return ask(ShopRequest(owner_email=email, key=named, **values), admit=admit, now=timezone.now())

    def _guarded(self, values: Values, email: str | None) -> Asked:
        """Who tries out codes of coupons is told of none."""
        visitor = self.request._request
        if values.get("coupon") and not may_guess(visitor):
            raise TooOften
        try:
            return self._ask(values, email)
        except CouponRefused:
            note_wrong(visitor)
            raise

    def _make(self, asked: ShopRequest) -> ProvisioningRun:
        requested = request_at_once(self.person, asked, now=timezone.now())
        row = runs().get(pk=requested.run_id)
        if requested.is_new:
            start(requested.run_id)
        return row


class _Scoped:
    """What a key needs to open a shop."""

    scopes = Scopes("shops")
    post = True


_CHECK = MayUse()


class SignupItem(Shows):
    """How far a shop is that you asked for."""

    model, output = ProvisioningRun, SignupOutput
    scopes = Scopes("shops")

    def rows(self) -> QuerySet[Any]:
        return runs().filter(request__owner_id=str(self.person.pk))


class SignupProgress(Shows):
    """How far a shop is, for whoever has the address that signing up was answered with; for a day."""

    model, output = ProvisioningRun, SignupOutput
    permission_classes = ()
    operation = "retrieve_signup_progress"

    def rows(self) -> QuerySet[Any]:
        kind, key = self._named()
        if kind == "run":
            return runs().filter(pk=key)
        asked = SignUp.objects.filter(pk=key)
        run_id = asked.values_list("run_id", flat=True).first()
        return asked if run_id is None else runs().filter(pk=run_id)

    def chosen(self, **keys: Any) -> Values:
        return {}

    def _named(self) -> tuple[str, str]:
        try:
            kind, key = signing.loads(self.kwargs["token"], salt=SALT, max_age=LOOKED_AT_FOR)
        except signing.BadSignature:
            raise Http404 from None
        return kind, key
