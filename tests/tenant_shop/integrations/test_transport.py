"""A receiver that stalls, lies or talks nonsense costs its timeout and a few kilobytes, never more."""

import socket
import ssl
import threading
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tenant_shop.integrations.webhooks.transport import MOST_READ, post
from tests.receiver import answers, drips, lies, receiving, stalls, talks_nonsense

SENT = {"body": b'{"a":1}', "headers": {"X-Key": "k"}}


@pytest.fixture(autouse=True)
def _here(settings) -> None:
    settings.WEBHOOKS_TO_PRIVATE_ADDRESSES = True


def test_what_is_sent_arrives_whole_with_path_and_headers() -> None:
    with receiving(answers(202, b"thanks")) as receiver:
        answer = post(receiver.url, **SENT, timeout_seconds=30)
    (taken,) = receiver.taken
    assert (answer.status, answer.body, answer.error, answer.is_success) == (202, "thanks", "", True)
    assert (taken.path, taken.body, taken.headers["x-key"]) == ("/hooks?shop=1", b'{"a":1}', "k")
    assert taken.headers["host"] == f"127.0.0.1:{receiver.port}"


@pytest.mark.parametrize("behave", [stalls, drips])
def test_no_receiver_is_waited_for_longer_than_its_timeout(behave) -> None:
    with receiving(behave) as receiver:
        answer = post(receiver.url, **SENT, timeout_seconds=0.3)
    assert (answer.status, answer.error) == (None, "No answer within 0.3 seconds")
    assert len(receiver.taken) == 1


def test_name_servers_that_say_nothing_are_waited_for_no_longer_either(monkeypatch: pytest.MonkeyPatch) -> None:
    asked, released = threading.Event(), threading.Event()

    def resolve(*args: object, **options: object) -> list[object]:
        asked.set()
        released.wait()
        return []

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    answer = post("https://books.example/", **SENT, timeout_seconds=0.3)
    released.set()
    assert (answer.status, answer.error) == (None, "No answer within 0.3 seconds")
    assert asked.is_set()


def test_of_an_endless_answer_the_beginning_is_read() -> None:
    with receiving(lies) as receiver:
        answer = post(receiver.url, **SENT, timeout_seconds=30)
    assert (answer.status, answer.body) == (200, "x" * MOST_READ)


def test_nonsense_is_a_failure() -> None:
    with receiving(talks_nonsense) as receiver:
        answer = post(receiver.url, **SENT, timeout_seconds=30)
    assert answer.status is None
    assert answer.error.startswith("BadStatusLine")


def test_a_port_that_nobody_listens_on_is_a_failure() -> None:
    with receiving() as receiver:
        url = receiver.url
    assert post(url, **SENT, timeout_seconds=30).error == "Connection refused"


def test_an_answer_may_hold_what_no_text_of_ours_may() -> None:
    with receiving(answers(500, b"\x00\xff oops")) as receiver:
        answer = post(receiver.url, **SENT, timeout_seconds=30)
    assert (answer.body, answer.error) == ("�� oops", "Answered 500")


def test_retry_after_is_seconds_or_a_date_and_anything_else_nothing() -> None:
    later = format_datetime(datetime.now(UTC) + timedelta(hours=2), usegmt=True)
    found = {}
    for value in ("120", later, "soon", "-5", "Mon, 01 Jan 2001 00:00:00 GMT"):
        with receiving(answers(503, Retry_After=value)) as receiver:
            found[value] = post(receiver.url, **SENT, timeout_seconds=30).retry_after
    assert found["120"] == timedelta(minutes=2)
    assert timedelta(hours=1, minutes=59) < found[later] <= timedelta(hours=2)
    assert [found[value] for value in list(found)[2:]] == [None, None, None]


def test_a_receiver_that_cannot_prove_its_name_is_told_nothing(tmp_path: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path / "self-signed.pem"
    file.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    read: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            connection, _ = server.accept()
            try:
                with context.wrap_socket(connection, server_side=True) as secured:
                    read.append(secured.recv(100))
            except OSError:
                read.append(b"")

        thread = threading.Thread(target=serve)
        thread.start()
        answer = post(f"https://127.0.0.1:{server.getsockname()[1]}/", **SENT, timeout_seconds=30)
        thread.join()
    assert answer.status is None
    assert answer.error == "TLS failed: CERTIFICATE_VERIFY_FAILED"
    assert read == [b""]
