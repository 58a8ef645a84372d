"""What is refused about servers, one class per cause."""

from smartseller.errors import RuleViolation


class ServerRefused(RuleViolation):
    """A server cannot become what it is to become, as things stand; nothing was changed."""

    code = "server_refused"

    def __init__(self, server: str, reason: str) -> None:
        self.server, self.reason = server, reason
        super().__init__(f"The server {server} is not changed: {reason}.")
