"""A mail server to send to: it takes mails over SMTP on this machine, and fails as real ones do."""

from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

HOST = "127.0.0.1"


class MailServer:
    """`taken` are the mails that it has taken in. `failures` are what comes instead, one for each next attempt.

    A failure is an answer such as "451 try again", or `DROP`: the mail is taken, and the connection goes before the
    answer does.
    """

    DROP = "drop"

    def __init__(self) -> None:
        self.taken: list[EmailMessage] = []
        self.failures: list[str] = []
        self.port = 0

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        failure = self.failures.pop(0) if self.failures else ""
        if failure and failure != self.DROP:
            return failure
        content = envelope.content
        assert isinstance(content, bytes)
        mail = message_from_bytes(content, policy=policy.default)
        assert isinstance(mail, EmailMessage)
        self.taken.append(mail)
        if failure:
            assert server.transport is not None
            server.transport.close()
        return "250 taken"


class _OnAFreePort(Controller):
    """The package wants to know the port beforehand; here the system chooses it."""

    def _trigger_server(self) -> None:
        assert self.server is not None
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@contextmanager
def mail_server() -> Iterator[MailServer]:
    """One that listens on a free port meanwhile."""
    handler = MailServer()
    controller = _OnAFreePort(handler, hostname=HOST, port=0, server_hostname="mail.example")
    controller.start()
    try:
        handler.port = controller.port
        yield handler
    finally:
        controller.stop()
