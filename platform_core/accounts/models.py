from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone

from platform_core.accounts.permissions import guest_permits, platform_permits, shop_permits
from platform_core.tenants.called import known, shop_of
from smartseller.database import CurrentTimestamp
from smartseller.ids import uuid7

if TYPE_CHECKING:
    from platform_core.accounts.impersonation.models import Impersonation
    from platform_core.accounts.sessions.models import UserSession

SHOP_APP = "tenant_shop"


class PlatformRole(models.TextChoices):
    SUPER_ADMIN = "super_admin"
    ADMIN = "admin"
    SUPPORT = "support"
    DEVELOPER = "developer"
    MERCHANT = "merchant"


class AccessRole(models.TextChoices):
    OWNER = "owner"
    ADMIN = "admin"
    EDITOR = "editor"
    VIEWER = "viewer"


def normal_email(email: str) -> str:
    """The one spelling under which an address is kept and looked up: lower case, nothing around it."""
    return email.strip().lower()


if TYPE_CHECKING:
    EmailField = models.EmailField[str, str]
else:
    EmailField = models.EmailField


class LoginEmailField(EmailField):
    """An e-mail address that logs somebody in: written in any case, kept and found in lower case."""

    def to_python(self, value: Any) -> Any:
        found = super().to_python(value)
        return normal_email(found) if isinstance(found, str) else found

    def get_prep_value(self, value: Any) -> Any:
        found = super().get_prep_value(value)
        return normal_email(found) if isinstance(found, str) else found


class PlatformUserManager(BaseUserManager["PlatformUser"]):
    """Makes users; every one says which role it has."""

    def create_user(
        self, email: str, password: str | None = None, *, role: PlatformRole, **fields: Any
    ) -> "PlatformUser":
        """A user who can log in; without a password, only after setting one.

        Errors: ValueError without an address; IntegrityError when the address is taken, in whatever case.
        """
        if not normal_email(email):
            raise ValueError("a user needs an e-mail address")
        user = self.model(email=normal_email(email), role=role, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "PlatformUser":
        """An operator who may do everything on the platform. Django's `createsuperuser` calls this."""
        return self.create_user(email, password, role=PlatformRole.SUPER_ADMIN, **fields)

    def get_by_natural_key(self, username: str | None) -> "PlatformUser":
        return self.get(email=username or "")


class PlatformUser(AbstractBaseUser):
    """Somebody who logs in: an operator of the platform, or a merchant's person.

    Rights on the platform follow from `role`. Rights in a shop come from `tenant_access` only, whatever the role; the
    door of the shop calls `enter_shop` with it.
    """

    Role = PlatformRole

    id = models.UUIDField(primary_key=True, default=uuid7, db_default=RandomUUID(), editable=False)
    email = LoginEmailField(max_length=255)
    password = models.CharField(max_length=255, db_column="password_hash")
    first_name = models.CharField(max_length=100, null=True, blank=True)
    last_name = models.CharField(max_length=100, null=True, blank=True)

    role = models.CharField(
        max_length=50, choices=PlatformRole, default=PlatformRole.SUPPORT, db_default=PlatformRole.SUPPORT
    )

    is_active = models.BooleanField(default=True, db_default=True)
    email_verified = models.BooleanField(default=False, db_default=False)
    last_login = models.DateTimeField(null=True, blank=True, db_column="last_login_at")

    failed_login_attempts = models.IntegerField(default=0, db_default=0)
    locked_until = models.DateTimeField(null=True, blank=True)
    password_changed_at = models.DateTimeField(db_default=CurrentTimestamp(), editable=False)
    two_factor_enabled = models.BooleanField(default=False, db_default=False)
    two_factor_secret = models.CharField(max_length=100, null=True, blank=True)
    two_factor_step = models.BigIntegerField(
        null=True, blank=True, help_text="The last step of the clock whose code was used."
    )

    created_at = models.DateTimeField(db_default=CurrentTimestamp(), editable=False)
    updated_at = models.DateTimeField(db_default=CurrentTimestamp(), editable=False)

    metadata = models.JSONField(default=dict, db_default={}, blank=True)

    objects: ClassVar[PlatformUserManager] = PlatformUserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        db_table = "platform_users"
        verbose_name = "person"
        verbose_name_plural = "people"
        ordering = ["email"]
        constraints = [
            models.UniqueConstraint(fields=["email"], name="platform_users_email_key"),
            models.CheckConstraint(condition=Q(email=Lower("email")), name="platform_users_email_lower_case"),
            models.CheckConstraint(condition=Q(role__in=PlatformRole.values), name="platform_users_role_check"),
        ]
        indexes = [
            models.Index(fields=["email"], name="idx_platform_users_email"),
            models.Index(fields=["role"], name="idx_platform_users_role"),
        ]

    _shop_access: "TenantAccess | None" = None
    # The row of the browser in which this user is logged in, when a request found the user.
    session: "UserSession | None" = None

    def __str__(self) -> str:
        return self.email

    def set_password(self, raw_password: str | None) -> None:
        """Hash the password and note the time; nothing is saved."""
        super().set_password(raw_password)
        self.password_changed_at = timezone.now()

    @property
    def full_name(self) -> str:
        """First and last name, or the address when neither is known."""
        return " ".join(filter(None, [self.first_name, self.last_name])) or self.email

    def get_full_name(self) -> str:
        return self.full_name

    def get_short_name(self) -> str:
        return self.first_name or self.email

    @property
    def is_operator(self) -> bool:
        """Whether this is one of the platform's own people."""
        return self.role != PlatformRole.MERCHANT

    @property
    def is_staff(self) -> bool:
        """Whether the platform's console opens; Django's admin asks by this name."""
        return self.is_operator

    @property
    def is_superuser(self) -> bool:
        return self.role == PlatformRole.SUPER_ADMIN

    def is_locked(self, at: datetime | None = None) -> bool:
        """Whether log-in is refused at `at` (now) because of too many failures."""
        return self.locked_until is not None and self.locked_until > (at or timezone.now())

    @property
    def shop_access(self) -> "TenantAccess | None":
        """The access with which this user is inside a shop now."""
        return self._shop_access

    @property
    def impersonation(self) -> "Impersonation | None":
        """The visit in somebody's place that this user's session was opened for."""
        return None if self.session is None else self.session.impersonation

    def enter_shop(self, access: "TenantAccess | None") -> None:
        """From now on, permissions on a shop's models follow `access` (from `live_access`); None: no shop.

        Errors: ValueError when the access is neither this user's nor that of the person in whose place they are there.
        """
        visit = self.impersonation
        if access is not None and access.platform_user_id != (self.pk if visit is None else visit.person_id):
            raise ValueError(f"{access} is not an access of {self}")
        self._shop_access = access

    def has_perm(self, perm: str, obj: object = None) -> bool:
        """Whether `perm` ("<app>.<action>_<model>") is granted: in a shop by the access, elsewhere by the role."""
        if not self.is_active:
            return False
        if perm.startswith(f"{SHOP_APP}."):
            access = self._shop_access
            if access is None or (self.impersonation is not None and not guest_permits(perm)):
                return False
            return shop_permits(access.role, access.permissions, perm)
        return platform_permits(self.role, perm)

    def has_perms(self, perm_list: Any, obj: object = None) -> bool:
        return all(self.has_perm(perm, obj) for perm in perm_list)

    def has_module_perms(self, app_label: str) -> bool:
        """Whether anything of the app may be seen."""
        if not self.is_active:
            return False
        return self._shop_access is not None if app_label == SHOP_APP else self.is_operator


class TenantAccess(models.Model):
    """The right of one user to enter one shop. `permissions` grants or takes away single permissions of the role."""

    Role = AccessRole

    id = models.UUIDField(primary_key=True, default=uuid7, db_default=RandomUUID(), editable=False)
    platform_user = models.ForeignKey(PlatformUser, models.CASCADE, db_index=False, related_name="accesses")
    tenant = models.ForeignKey("platform_core.Tenant", models.CASCADE, db_index=False, related_name="accesses")

    role = models.CharField(max_length=50, choices=AccessRole, default=AccessRole.VIEWER, db_default=AccessRole.VIEWER)
    permissions = models.JSONField(
        default=dict,
        db_default={},
        blank=True,
        help_text='{"tenant_shop.delete_order": false}: exceptions to the role.',
    )

    granted_at = models.DateTimeField(db_default=CurrentTimestamp(), editable=False)
    granted_by = models.ForeignKey(
        PlatformUser,
        models.PROTECT,
        null=True,
        blank=True,
        db_column="granted_by",
        db_index=False,
        related_name="granted_accesses",
    )

    is_active = models.BooleanField(default=True, db_default=True)
    expires_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "tenant_access"
        verbose_name = "access"
        verbose_name_plural = "accesses"
        constraints = [
            models.UniqueConstraint(
                fields=["platform_user", "tenant"], name="tenant_access_platform_user_id_tenant_id_key"
            ),
            models.CheckConstraint(condition=Q(role__in=AccessRole.values), name="tenant_access_role_check"),
        ]
        indexes = [
            models.Index(fields=["platform_user"], name="idx_tenant_access_user"),
            models.Index(fields=["tenant"], name="idx_tenant_access_tenant"),
            models.Index(fields=["role"], name="idx_tenant_access_role"),
        ]

    def __str__(self) -> str:
        return f"{known(self, 'platform_user')} as {self.role} in {shop_of(self)}"
