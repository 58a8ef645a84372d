"""What every answer tells the browser."""

import base64
import hashlib
import re

import pytest
from django.test import Client

from smartseller.headers import policy


def get(host: str, path: str):
    return Client(raise_request_exception=False).get(path, headers={"host": host})


@pytest.mark.parametrize("path", ["/", "/nothing/", "/theme.css", "/readyz", "/static/css/storefront.css"])
def test_a_shops_answers_carry_the_policy_whatever_their_status(make_shop, path):
    make_shop("acme")
    answer = get("acme.localhost", path)
    assert answer["Content-Security-Policy"] == policy()
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Referrer-Policy"] == "same-origin"


def test_pages_of_the_fence_carry_it_too_and_their_style_is_let_through(platform):
    answer = get("nobody.localhost", "/")
    style = re.search(r"<style>(.*?)</style>", answer.content.decode(), re.DOTALL)[1]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert answer.status_code == 404
    assert f"'sha256-{digest}'" in answer["Content-Security-Policy"]


def test_nothing_inline_is_allowed_but_in_the_admin_and_forms_lead_to_shops_from_the_platform_only():
    assert "unsafe" not in policy()
    assert "default-src 'self'" in policy()
    assert "frame-ancestors 'none'" in policy()
    assert "script-src 'self' 'unsafe-inline' 'unsafe-eval'" in policy(admin=True)
    assert "form-action 'self';" in policy()
    assert "form-action 'self' http://*.localhost:*" in policy(forms_lead_to_shops=True)
