"""What Schemathesis is told about the service: pages that exist, and what is right though it looks wrong.

Every exclusion is a function with its reason; nothing else is left out. `INTEROP_PAGES` is the address of an endpoint that
may be read, `INTEROP_SECRET` its secret.
"""

import json
import os
import re
import urllib.request
import zlib
from urllib.parse import parse_qsl, unquote, urlsplit

import schemathesis

REFERENCES = {"parentTitle", "newParentTitle", "old_title", "startTitle"}


def pages():
    """Pages that exist, named by path, by title and, to outlive renames, by id."""
    names = ["Operations", "Architecture/Event Bus", "architecture", "Überblick für Neue (Deutsch) – 概要"]
    for parent in ("Architecture", "Operations", "Onboarding"):
        request = urllib.request.Request(
            f"{os.environ['INTEROP_PAGES']}/pages/{parent}/children",
            headers={"Authorization": f"Bearer {os.environ['INTEROP_SECRET']}"},
        )
        with urllib.request.urlopen(request) as answer:
            names += [f"id:{page['id']}" for page in json.load(answer)["data"]]
    return names


PAGES = pages()


def sometimes_a_page(value):
    """About half of all texts become the name of a page; the same text always becomes the same one."""
    number = zlib.crc32(value.encode("utf-8", "replace"))
    return PAGES[number // 2 % len(PAGES)] if number % 2 else value


def with_pages(values, names):
    if not isinstance(values, dict):
        return values
    return {name: sometimes_a_page(value) if name in names and valid(value) else value for name, value in values.items()}


def valid(value):
    """What is sent to be refused must stay as it is."""
    return isinstance(value, str) and value.strip() and len(value) < 1000


@schemathesis.hook
def map_path_parameters(context, path_parameters):
    return with_pages(path_parameters, {"title"})


@schemathesis.hook
def map_query(context, query):
    return with_pages(query, REFERENCES)


@schemathesis.hook
def map_body(context, body):
    return with_pages(body, REFERENCES)


@schemathesis.hook
def filter_case(context, case):
    """Keeps the pages above; what was created here may be deleted."""
    return case.method != "DELETE" or (case.path_parameters or {}).get("title") not in PAGES


def nothing_means_left_out(failure, case, sent, answer):
    """Strict function calling makes models send null, or an empty text, for what they would leave out."""
    values = case.body.values() if isinstance(case.body, dict) else ()
    nothing = any(value is None or isinstance(value, str) and not value.strip() for value in values)
    return failure.code == "ST201" and nothing and answer["success"]


def blanks_do_not_matter(failure, case, sent, answer):
    """`?depth=` is how a form sends what was left empty, `?depth=%202` what was copied; of several, the last counts."""
    last = dict(parse_qsl(sent.query, keep_blank_values=True))
    given = [value.strip() for name, value in last.items() if value != value.strip() or not value]
    return failure.code == "ST201" and given and all(re.fullmatch(r"|[0-9]+|true|false", value) for value in given)


def blank_to_unicode(failure, case, sent, answer):
    """U+0085 is a blank to Unicode, and so to the service, but not to the regular expressions of JSON Schema."""
    body = case.body.values() if isinstance(case.body, dict) else ()
    values = [*unquote(sent.path).split("/"), *(value for value in body if isinstance(value, str))]
    blank = any("\x85" in value and not value.strip() for value in values)
    return failure.code == "ST202" and blank and "required" in answer.get("message", "")


def beyond_a_schema(failure, case, sent, answer):
    """That a body is well-formed XML, a title free of control characters, a text in a language, that one of several
    parameters must be there or fits no other, or how long a page is, a schema cannot say (or not to every consumer).
    """
    words = answer.get("message", "")
    said = ("not well-formed storage", "control characters", "cql cannot be read", "cursor", "updatedSince must be a date",
            "Nothing to search for", "query has no word", "characters in this format", "format=markdown only")
    return failure.code == "ST202" and any(phrase in words for phrase in said)


def not_possible_on_this_page(failure, case, sent, answer):
    """The root page cannot be moved, renamed or deleted, and no page moved into its own subtree."""
    return failure.code == "ST202" and answer.get("code") == "INVALID_OPERATION"


def path_of_titles(failure, case, sent, answer):
    """A title may be a path: `PUT /pages/Guide/children` is about the page `children` below `Guide`."""
    return failure.code == "ST204" and case.operation.path.startswith("/pages/")


def too_long_for_http(response):
    """An address of over 64 KiB is refused by the HTTP library, without a body, before the service sees it."""
    return response.status_code == 414 and len(response.request.url) > 65_000


RIGHT = [
    nothing_means_left_out,
    blanks_do_not_matter,
    blank_to_unicode,
    beyond_a_schema,
    not_possible_on_this_page,
    path_of_titles,
]


@schemathesis.hook
def filter_failure(context, failure, case, response):
    if too_long_for_http(response):
        return False
    try:
        answer = response.json()
    except ValueError:
        return True
    sent = urlsplit(response.request.url)
    return not any(right(failure, case, sent, answer) for right in RIGHT)
