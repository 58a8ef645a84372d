"""`/api/v1/signups/`: opening a shop, and how far it is."""

import hashlib
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core import signing
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import Http404
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers, status
from rest_framework.exceptions import ErrorDetail
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from platform_core.accounts.models import PlatformRole, PlatformUser, normal_email
from platform_core.accounts.networks import network_of
from platform_core.api.gate.scopes import MayUse, Scopes
from platform_core.api.v1.plans import offered
from platform_core.api.v1.resource import Resource, Shows, Values
from platform_core.fleet.models import ProvisioningRun, ProvisioningStep
from platform_core.fleet.provision.details import ShopDetailsRefused
from platform_core.fleet.provision.request import ShopRequest, request_shop
from platform_core.fleet.provision.sign_up import sign_up, start
from platform_core.keys.models import UserKey
from platform_core.tenancy.hosts import shop_url
from smartseller.api.etags import etag_of
from smartseller.api.idempotency import name_of
from smartseller.api.inputs import Input, Text
from smartseller.api.lists import check_parameters
from smartseller.api.outputs import RowOutput, represent
from smartseller.client_address import ip_of

SALT = "platform api sign-up"
# Seconds that whoever signed up without a key may look how far it is.
LOOKED_AT_FOR = 86_400
LONGEST_PASSWORD = 1_000


class StepOutput(serializers.ModelSerializer[ProvisioningStep]):
    """One thing that is done, and for how many milliseconds it was."""

    class Meta:
        model = ProvisioningStep
        fields = ("name", "state", "ms")
        read_only_fields = fields


class SignupOutput(RowOutput):
    """A shop that is being made: `state` of all of it, and of each step."""

    shop_id = serializers.UUIDField(source="tenant_id")
    slug = serializers.CharField(source="tenant.slug")
    url = serializers.SerializerMethodField()
    progress_url = serializers.SerializerMethodField()
    steps = StepOutput(many=True)

    class Meta:
        model = ProvisioningRun
        fields = ("id", "shop_id", "slug", "state", "url", "progress_url", "steps", "started_at", "finished_at")
        read_only_fields = fields

    def get_url(self, run: ProvisioningRun) -> str:
        return shop_url(run.tenant.slug)

    @extend_schema_field({"type": "string", "description": "Where to look without a key how far it is, for a day."})
    def get_progress_url(self, run: ProvisioningRun) -> str:
        return reverse("api-v1:signup-progress", args=[signing.dumps(run.pk.hex, salt=SALT)])


class SignupInput(Input):
    """A shop. Without a key `email` and `password` say whose; with one it is the owner's of the key."""

    slug = Text(max_length=50)
    name = Text(max_length=255)
    plan = Text(max_length=50, required=False, default="basic")
    currency = Text(max_length=3, required=False, default="USD")
    timezone = Text(max_length=50, required=False, default="UTC")
    country = Text(max_length=2, required=False, default="US")
    email = Text(max_length=255, required=False)
    password = Text(max_length=LONGEST_PASSWORD, required=False, trim_whitespace=False, write_only=True)


def runs() -> QuerySet[ProvisioningRun]:
    return ProvisioningRun.objects.select_related("tenant").prefetch_related("steps")


class Signups(Resource):
    """Open a shop, with the trial that every new one has. The address is taken at once, the rest is done in the
    background: follow `progress_url`.

    With a key it needs the scope `write_shops`.
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
        email, password = values.pop("email", None), values.pop("password", None)
        if not offered().filter(name=values["plan"]).exists():
            raise ShopDetailsRefused({"plan": f"There is no plan {values['plan']!r}."})
        requested = self._ask(values, email, password)
        shown = represent(self.output, runs().get(pk=requested.run_id))
        if requested.is_new:
            start(requested.run_id)
        return Response(shown, status=self.answers, headers={"ETag": etag_of(shown)})

    def _ask(self, values: Values, email: str | None, password: str | None) -> Any:
        key, name = self.request.auth, name_of(self.request)
        named = None if name is None else hashlib.sha256(f"{key.pk if key else ''}:{name}".encode()).hexdigest()
        if isinstance(key, UserKey):
            given = [word for word, value in (("email", email), ("password", password)) if value is not None]
            if given:
                raise serializers.ValidationError({given[0]: [ErrorDetail("The key says who you are.", "not_needed")]})
            asked = ShopRequest(owner_email=self.person.email, key=named, **values)
            return request_shop(asked, actor_id=self.person.pk)
        missing = [word for word, value in (("email", email), ("password", password)) if not value]
        if missing or email is None or password is None:
            raise serializers.ValidationError({word: [ErrorDetail("Say who you are.", "required")] for word in missing})
        address = normal_email(email)
        try:
            validate_password(password, PlatformUser(email=address, role=PlatformRole.MERCHANT))
        except ValidationError as error:
            words = [ErrorDetail(message, "password_too_weak") for message in error.messages]
            raise serializers.ValidationError({"password": words}) from None
        network = network_of(ip_of(self.request))
        return sign_up(ShopRequest(owner_email=address, key=named, **values), password=password, network=network)[0]


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
        return runs()

    def chosen(self, **keys: Any) -> Values:
        try:
            return {"pk": signing.loads(keys["token"], salt=SALT, max_age=LOOKED_AT_FOR)}
        except signing.BadSignature:
            raise Http404 from None
