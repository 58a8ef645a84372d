"""A shopper without JavaScript: reads the forms in a page and sends them as a browser would."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from django.http import HttpResponse
from django.test import Client


@dataclass
class Form:
    """A form as it stands in the page, filled with what it comes with."""

    action: str
    method: str
    id: str = ""
    fields: dict[str, str] = field(default_factory=dict)
    choices: dict[str, list[str]] = field(default_factory=dict)
    buttons: list[dict[str, str]] = field(default_factory=list)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.open: Form | None = None
        self.select: str | None = None
        self.textarea: str | None = None
        self.elsewhere: list[tuple[str, dict[str, str]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        name, value = given.get("name", ""), given.get("value", "")
        if tag == "form":
            self.open = Form(given.get("action", ""), given.get("method", "get").lower(), given.get("id", ""))
            self.forms.append(self.open)
        elif tag == "button" and "form" in given:
            self.elsewhere.append((given["form"], given))
        elif self.open is None:
            return
        elif tag == "button":
            self.open.buttons.append(given)
        elif tag == "select":
            self.select = name
        elif tag == "option" and self.select:
            self.open.choices.setdefault(self.select, []).append(value)
            if "selected" in given or self.select not in self.open.fields:
                self.open.fields[self.select] = value
        elif tag == "textarea":
            self.textarea, self.open.fields[name] = name, ""
        elif tag == "input" and name:
            if given.get("type") in ("radio", "checkbox"):
                self.open.choices.setdefault(name, []).append(value)
                if "checked" not in given:
                    return
                value = given.get("value", "on")
            self.open.fields[name] = value

    def handle_data(self, data: str) -> None:
        if self.open is not None and self.textarea is not None:
            self.open.fields[self.textarea] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.open = None
        elif tag == "select":
            self.select = None
        elif tag == "textarea":
            self.textarea = None


def forms_in(response: HttpResponse) -> list[Form]:
    """The forms of a page; buttons that name another form are counted there."""
    reader = _Reader()
    reader.feed(response.content.decode())
    for form_id, button in reader.elsewhere:
        next(form for form in reader.forms if form.id == form_id).buttons.append(button)
    return reader.forms


def headers_of(answer: HttpResponse) -> dict[str, str]:
    """An answer's headers but for the name of its request, which no two have in common."""
    return {name: value for name, value in answer.headers.items() if name != "X-Request-ID"}


class Shopper:
    """A visitor of one shop, with a browser's cookies; CSRF checks are on."""

    def __init__(self, host: str = "acme.localhost", **headers: str) -> None:
        self.host = host
        self.headers = headers
        self.client = Client(enforce_csrf_checks=True, raise_request_exception=False)

    def get(self, path: str, **query: Any) -> Any:
        return self.client.get(path, query or None, headers={"host": self.host, **self.headers})

    def post(self, path: str, data: dict[str, Any]) -> Any:
        return self.client.post(path, data, headers={"host": self.host, **self.headers})

    def submit(self, page: Any, path: str, /, **changes: Any) -> Any:
        """Send the first form of `page` that goes to `path`, with some fields changed."""
        form = next(form for form in forms_in(page) if form.action == path)
        return self.post(path, {**form.fields, **changes})

    def follow(self, response: Any) -> Any:
        assert response.status_code == 302
        return self.get(response["Location"])

    def add(self, slug: str, **changes: Any) -> Any:
        """Put the product into the cart by its page's form."""
        return self.submit(self.get(f"/products/{slug}/"), f"/cart/lines/add/{slug}/", **changes)

    @property
    def cookies(self) -> set[str]:
        return {name for name, morsel in self.client.cookies.items() if morsel.value}
