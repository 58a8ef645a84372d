"""Why an endpoint is not as somebody wants it."""

from typing import ClassVar

from smartseller.errors import RuleViolation


class UrlRefused(RuleViolation):
    """Nothing is sent there: not HTTPS, no host, credentials in the address, or a place inside our own network."""

    code = "webhook_url_refused"
    status: ClassVar[int] = 422


class HeaderRefused(RuleViolation):
    """A header that is ours to set, that belongs to the connection, or that is none."""

    code = "webhook_header_refused"
    status: ClassVar[int] = 422


class UnknownTopics(RuleViolation):
    """Topics that are in no catalogue, or none at all."""

    code = "webhook_topics_unknown"
    status: ClassVar[int] = 422

    def __init__(self, topics: list[str]) -> None:
        self.topics = topics
        super().__init__(f"There is no event called {', '.join(topics)}." if topics else "Choose at least one event.")


class OutOfRange(RuleViolation):
    """A number of retries or seconds that is not offered."""

    code = "webhook_value_out_of_range"
    status: ClassVar[int] = 422


class TooManyEndpoints(RuleViolation):
    """The shop has as many endpoints as it may have."""

    code = "too_many_webhooks"

    def __init__(self, most: int) -> None:
        self.most = most
        super().__init__(f"A shop has at most {most} endpoints. Remove one that is not needed any more.")


class EndpointOff(RuleViolation):
    """It is switched off, and hears nothing until it is switched on."""

    code = "webhook_off"

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(f"{name} is switched off. Switch it on first.")
