"""What links in mails do: each once, and nothing for whoever has not the mailbox."""

from datetime import timedelta
from functools import partial

import pytest
import time_machine
from django.utils import timezone

from platform_core.accounts.mailbox.change_email import agree_to_change, ask_to_change_email, confirm_email, stop_change
from platform_core.accounts.mailbox.errors import EmailTaken, LinkOver
from platform_core.accounts.mailbox.links import forget_links
from platform_core.accounts.mailbox.models import UserLink
from platform_core.accounts.mailbox.reset import ask_for_reset, reset_password
from platform_core.accounts.mailbox.verify import ask_to_verify, verify_email
from platform_core.accounts.models import PlatformUser
from platform_core.accounts.passwords import WeakPassword
from platform_core.accounts.sessions.models import UserSession
from platform_core.audit.origin import Origin
from tests.people import PASSWORD, log_in, make_user, platform_browser, with_factor
from tests.platform_core.accounts.posting import mails, path_in, token_in
from tests.statements import StatementCount
from tests.together import together

pytestmark = pytest.mark.usefixtures("platform")

FROM = Origin(user_id=None)
NEW = "seven green kettles sing"


def reset_token(user: PlatformUser) -> str:
    ask_for_reset(user.email)
    (message,) = mails()
    return token_in(message)


def change_tokens(user: PlatformUser, new: str) -> tuple[str, str]:
    """What confirms in the new mailbox, and what agrees in the old one."""
    ask_to_change_email(user, new, origin=FROM)
    sent = {message.to[0]: token_in(message) for message in mails()}
    return sent[new], sent[user.email]


def test_a_reset_link_used_twice_is_refused_and_changes_nothing_the_second_time() -> None:
    user = make_user()
    token = reset_token(user)
    reset_password(token, NEW, origin=FROM)

    with pytest.raises(LinkOver):
        reset_password(token, "another one that is long", origin=FROM)

    user.refresh_from_db()
    assert user.check_password(NEW)


def test_of_two_that_use_a_reset_link_at_once_one_chooses_the_password() -> None:
    user = make_user()
    token = reset_token(user)
    words = (NEW, "another one that is long")

    results = together(*[partial(reset_password, token, each, origin=FROM) for each in words])

    assert sorted(type(result).__name__ for result in results) == ["LinkOver", "PlatformUser"]
    user.refresh_from_db()
    assert [user.check_password(each) for each in words] == [not isinstance(result, LinkOver) for result in results]


def test_a_new_password_ends_every_session_every_link_and_the_lock() -> None:
    user, browser = make_user(), platform_browser()
    log_in(browser, user)
    first, second = reset_token(user), reset_token(user)
    PlatformUser.objects.update(locked_until=timezone.now() + timedelta(minutes=9))

    reset_password(second, NEW, origin=FROM)

    assert browser.get("/shops/").status_code == 302
    assert not UserSession.objects.exists()
    with pytest.raises(LinkOver):
        reset_password(first, "another one that is long", origin=FROM)
    assert log_in(platform_browser(), user, NEW).headers["Location"] == "/shops/"
    assert "Your password was changed" in [message.subject for message in mails()]


def test_a_reset_does_not_go_past_the_second_factor() -> None:
    user, browser = with_factor(make_user()), platform_browser()
    path = path_in(_asked(user))

    answer = browser.post(path, {"password": "short but ok"})  # eight are enough where a second factor is asked for too

    assert answer.headers["Location"] == "/login/"
    assert browser.get("/shops/").status_code == 302
    response = browser.post("/login/", {"username": user.email, "password": "short but ok"})
    assert response.headers["Location"].startswith("/login/code/")
    assert browser.get("/shops/").status_code == 302


def _asked(user: PlatformUser) -> object:
    ask_for_reset(user.email)
    (message,) = mails()
    return message


def test_a_weak_password_leaves_the_link_good() -> None:
    user = make_user()
    token = reset_token(user)

    with pytest.raises(WeakPassword):
        reset_password(token, "short", origin=FROM)

    reset_password(token, NEW, origin=FROM)


def test_asking_for_a_reset_tells_nobody_who_has_an_account() -> None:
    user = make_user()
    pages, counts = [], []
    for email in (user.email, "nobody@acme.example"):
        with StatementCount() as statements:
            page = platform_browser().post("/password/", {"email": email})
        counts.append(statements.count)
        pages.append(page.content.decode().replace(email, "…"))

    assert pages[0] == pages[1]
    assert counts[0] == counts[1]
    assert [message.to for message in mails()] == [[user.email]]


def test_links_are_for_one_purpose_end_in_time_and_are_forgotten() -> None:
    user = make_user()
    token = reset_token(user)

    for wrong in ("", "x", token[:-1], f"{token}x"):
        with pytest.raises(LinkOver):
            reset_password(wrong, NEW, origin=FROM)
    with pytest.raises(LinkOver):
        verify_email(token, origin=FROM)
    later = timezone.now() + timedelta(hours=1, seconds=1)
    with time_machine.travel(later), pytest.raises(LinkOver):
        reset_password(token, NEW, origin=FROM)
    assert forget_links(later) == 1
    user.refresh_from_db()
    assert user.check_password(PASSWORD)


def test_mail_is_throttled_by_mailbox() -> None:
    user = make_user("often@acme.example")
    answers = [platform_browser().post("/password/", {"email": user.email}).status_code for _ in range(4)]

    assert answers == [200, 200, 200, 422]
    assert len(mails()) == 3


def test_an_address_is_verified_once_by_its_newest_link_and_looking_changes_nothing() -> None:
    user = make_user()
    ask_to_verify(user)
    (first,) = mails()
    ask_to_verify(user)
    (second,) = mails()
    browser = platform_browser()

    assert browser.get(path_in(first)).status_code == 403
    assert browser.get(path_in(second)).status_code == 200
    user.refresh_from_db()
    assert not user.email_verified
    assert browser.post(path_in(second)).status_code == 302
    assert browser.post(path_in(second)).status_code == 403
    user.refresh_from_db()
    assert user.email_verified


@pytest.mark.parametrize("order", ["new first", "old first"])
def test_an_account_moves_when_both_mailboxes_have_said_so_each_once(order: str) -> None:
    user = make_user()
    confirm, agree = change_tokens(user, "new@acme.example")
    steps = [lambda: confirm_email(confirm, origin=FROM), lambda: agree_to_change(agree, origin=FROM)]
    first, second = steps if order == "new first" else reversed(steps)

    assert first() is False
    user.refresh_from_db()
    assert user.email == "owner@acme.example"
    with pytest.raises(LinkOver):
        first()
    assert second() is True

    user.refresh_from_db()
    assert (user.email, user.email_verified) == ("new@acme.example", True)
    assert [message.to for message in mails()] == [["owner@acme.example"]]
    with pytest.raises(LinkOver):
        second()


def test_the_old_mailbox_stops_a_change_and_whoever_asked_is_outside() -> None:
    user, browser = make_user(), platform_browser()
    log_in(browser, user)
    confirm, agree = change_tokens(user, "thief@example.com")

    stop_change(agree, origin=FROM)

    with pytest.raises(LinkOver):
        confirm_email(confirm, origin=FROM)
    user.refresh_from_db()
    assert user.email == "owner@acme.example"
    assert not user.has_usable_password()
    assert browser.get("/shops/").status_code == 302
    subjects = [message.subject for message in mails()]
    assert "Choose a new password" in subjects


def test_a_taken_address_looks_like_any_other_until_its_mailbox_answers() -> None:
    user, other = make_user(), make_user("taken@acme.example")
    counts = []
    for email in (other.email, "free@acme.example"):
        with StatementCount() as statements:
            ask_to_change_email(user, email, origin=FROM)
        counts.append(statements.count)
    assert counts[0] == counts[1]
    mails()

    confirm, agree = change_tokens(user, other.email)
    agree_to_change(agree, origin=FROM)
    with pytest.raises(EmailTaken):
        confirm_email(confirm, origin=FROM)
    user.refresh_from_db()
    assert user.email == "owner@acme.example"


def test_a_reset_that_was_asked_for_from_the_mailbox_that_was_left_opens_nothing() -> None:
    user = make_user()
    confirm, agree = change_tokens(user, "new@acme.example")
    token = reset_token(user)
    confirm_email(confirm, origin=FROM)
    agree_to_change(agree, origin=FROM)

    with pytest.raises(LinkOver):
        reset_password(token, NEW, origin=FROM)
    assert not UserLink.objects.exists()
