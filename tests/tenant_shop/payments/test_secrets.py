"""What a gateway knows a shop by can be read by this shop of this installation, and by nobody else."""

import logging

import pytest
from django.test import override_settings

from platform_core.tenancy.context import TenantInfo, tenant_context
from tenant_shop.configuration.models import Setting
from tenant_shop.payments.secrets import SecretsUnreadable, keep_secrets, read_secrets

VALUES = {"secret_key": "sk_test_Ünïcode", "webhook_secret": "whsec_1"}


def test_what_is_kept_is_read_back_and_nothing_of_it_stands_in_the_row(
    shop: TenantInfo, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        keep_secrets("stripe", VALUES)
        assert read_secrets("stripe") == VALUES
    row = Setting.objects.get(key="gateway.stripe")
    assert "sk_test" not in str(row.value)
    assert "whsec" not in str(row.value) + str(row.description)
    assert "whsec" not in caplog.text


def test_new_ones_replace_old_ones_and_an_empty_set_forgets(shop: TenantInfo) -> None:
    assert read_secrets("stripe") == {}
    keep_secrets("stripe", VALUES)
    keep_secrets("stripe", {"secret_key": "sk_test_2"})
    assert read_secrets("stripe") == {"secret_key": "sk_test_2"}
    keep_secrets("stripe", {})
    assert not Setting.objects.filter(key="gateway.stripe").exists()


def test_a_row_that_is_carried_into_another_shop_is_worth_nothing(shop: TenantInfo, make_shop) -> None:
    keep_secrets("stripe", VALUES)
    stolen = Setting.objects.get(key="gateway.stripe").value
    with tenant_context(make_shop("globex")):
        Setting.objects.create(key="gateway.stripe", value=stolen)
        with pytest.raises(SecretsUnreadable):
            read_secrets("stripe")


@pytest.mark.parametrize("value", ["", "nonsense", 7, {"secret_key": "sk_live_plain"}])
def test_what_was_never_encrypted_is_not_read(shop: TenantInfo, value: object) -> None:
    Setting.objects.create(key="gateway.stripe", value=value)
    with pytest.raises(SecretsUnreadable):
        read_secrets("stripe")


def test_a_new_secret_key_reads_what_was_kept_under_the_old_one(shop: TenantInfo, settings) -> None:
    keep_secrets("stripe", VALUES)
    old = settings.SECRET_KEY
    with override_settings(SECRET_KEY="another", SECRET_KEY_FALLBACKS=[old]):
        assert read_secrets("stripe") == VALUES
    with override_settings(SECRET_KEY="another"), pytest.raises(SecretsUnreadable):
        read_secrets("stripe")
