"""VIES, the European Commission's register of VAT numbers.

Source: the service's own description, https://ec.europa.eu/taxation_customs/vies/#/technical-information
"""

import json
import time
from typing import Any

import requests

from smartseller.eu_tax_ids import country_of_tax_id
from smartseller.tax_registers.errors import RegisterUnavailable
from smartseller.tax_registers.protocol import Answer

CONNECT_SECONDS, READ_SECONDS = 5.0, 10.0
# However slowly it drips, an answer is waited for no longer than this, and read no further.
LONGEST_SECONDS, LONGEST_ANSWER = 20.0, 65_536
INVALID = "INVALID_INPUT"


class Vies:
    """The register at `url`, without a slash at its end."""

    name = "VIES"

    def __init__(self, url: str) -> None:
        self.url = url

    def covers(self, tax_id: str) -> bool:
        return country_of_tax_id(tax_id) is not None

    def ask(self, tax_id: str) -> Answer:
        given = self._post({"countryCode": tax_id[:2], "vatNumber": tax_id[2:]})
        if given.get("actionSucceed") is False:
            errors = [str(each.get("error", "")) for each in given.get("errorWrappers") or [] if isinstance(each, dict)]
            if errors == [INVALID]:
                return Answer(is_valid=False)
            raise RegisterUnavailable(self.name, ", ".join(errors)[:100] or "it refused the question")
        is_valid = given.get("valid")
        asked = (str(given.get("countryCode")), str(given.get("vatNumber")))
        if not isinstance(is_valid, bool) or asked != (tax_id[:2], tax_id[2:]):
            raise RegisterUnavailable(self.name, "its answer is not about this number")
        return Answer(
            is_valid=is_valid,
            name=_words(given.get("name")),
            reference=_words(given.get("requestIdentifier")),
        )

    def _post(self, question: dict[str, str]) -> dict[str, Any]:
        try:
            with requests.post(
                f"{self.url}/check-vat-number",
                json=question,
                headers={"Accept": "application/json"},
                timeout=(CONNECT_SECONDS, READ_SECONDS),
                allow_redirects=False,
                stream=True,
            ) as response:
                body = _read(response, self.name)
                status = response.status_code
        except requests.RequestException as error:
            raise RegisterUnavailable(self.name, type(error).__name__) from error
        try:
            answer = json.loads(body)
        except ValueError as error:
            raise RegisterUnavailable(self.name, f"status {status}, no JSON") from error
        if not isinstance(answer, dict) or (status != 200 and answer.get("actionSucceed") is not False):
            raise RegisterUnavailable(self.name, f"status {status}")
        return answer


def _read(response: requests.Response, name: str) -> bytes:
    end, body = time.monotonic() + LONGEST_SECONDS, b""
    for chunk in response.iter_content(8192):
        body += chunk
        if len(body) > LONGEST_ANSWER or time.monotonic() > end:
            raise RegisterUnavailable(name, "its answer has no end")
    return body


def _words(value: object) -> str:
    """What VIES says, on one line; countries that tell nothing answer with hyphens."""
    text = " ".join(str(value or "").split())
    return "" if text.strip("-") == "" else text[:100]
