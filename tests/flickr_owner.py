"""Somebody with an account on the Flickr stand-in, and a browser that reads forms and presses buttons."""

from __future__ import annotations

import re
import urllib.request
from contextlib import closing
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urlencode, urljoin

import pytest

from heliograph.standin.flickr.standin import serve


class Forms(HTMLParser):
    """The forms of a page: where they go, what they hold, and the buttons that send them."""

    def __init__(self, page):
        super().__init__()
        self.forms, self.select = [], ""
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        found = dict(attrs)
        if tag == "form":
            self.forms.append({"action": found.get("action", ""), "fields": [], "buttons": []})
        elif tag == "select":
            self.select = found.get("name", "")
        elif tag == "option" and self.select:
            self.forms[-1]["fields"].append((self.select, found.get("value", "")))
            self.select = ""  # the first one is chosen
        elif tag in {"input", "button"} and self.forms:
            pair = (found.get("name", ""), found.get("value", ""))
            is_button = tag == "button" or found.get("type") == "submit"
            self.forms[-1]["buttons" if is_button else "fields"].append(pair)


def visit(url, form=None):
    """Address and text of a page, redirects followed as a browser does it."""
    body = urlencode(form).encode() if form is not None else None
    with closing(urllib.request.urlopen(urllib.request.Request(url, body), timeout=10)) as answer:  # noqa: S310
        return answer.url, answer.read().decode()


def decide(link, answer="yes"):
    """Presses yes or no on Flickr's page; the page that the browser shows then."""
    at, page = visit(link)
    forms = Forms(page).forms
    for form in forms:
        for button in form["buttons"]:
            if answer in " ".join(button):
                return visit(urljoin(at, form["action"]), [*form["fields"], button])
    message = f"no button says {answer}: {forms}"
    raise AssertionError(message)


@dataclass
class Owner:
    """Implements `ports.Ask`: somebody who presses a button, and reads the code off the page."""

    answer: str = "yes"
    typed: str = ""
    links: list = field(default_factory=list)
    pages: list = field(default_factory=list)

    def show(self, link, sentence):
        self.links.append(link)
        assert sentence.endswith(".")
        if "no_browser" not in self.answer:
            self.pages.append(decide(link, self.answer))

    def code(self, sentence):
        assert "code" in sentence
        return self.typed or shown_code(self.pages[-1][1])


def shown_code(page):
    return re.search(r"\b\d{3}-\d{3}-\d{3}\b", page)[0]


@pytest.fixture(scope="module")
def flickr(tmp_path_factory):
    """One stand-in for all; sign-ins do not know of each other."""
    with serve(tmp_path_factory.mktemp("flickr")) as running:
        yield running
