"""Holds every answer a client gets against Atlassian's own OpenAPI documents.

The documents are not part of this repository: `ATLASSIAN_DOCUMENTS` names a folder with `cloud-v1.openapi.json`,
`cloud-v2.openapi.json` and `datacenter-10.2.14.openapi.json`. Without it nothing is watched. What does not fit is
collected, never raised, since real servers leave their documents as well: the list is there to be read and judged.
"""

import atexit
import json
import os
import pathlib
import re
import urllib.parse

import requests

PREFIXES = {"cloud": [("/wiki/api/v2", "cloud-v2", ""), ("/wiki", "cloud-v1", "/wiki")],
            "datacenter": [("", "datacenter-10.2.14", "")]}


class Document:
    def __init__(self, file):
        from openapi_schema_validator import OAS30Validator

        self.document = json.loads(file.read_text())
        self.validator = OAS30Validator
        self.routes = []
        for template, methods in self.document["paths"].items():
            pattern = re.sub(r"\\\{[^}]*\\\}", "[^/]+", re.escape(template))
            literal = len(re.sub(r"\{[^}]*\}", "", template))
            self.routes.append((literal, re.compile(pattern + "/?$"), template, methods))
        self.routes.sort(key=lambda route: -route[0])

    def deviations(self, method, path, status, kind, body):
        """What an answer has that the document does not say, as pairs of place and problem."""
        fitting = [(template, methods) for _, pattern, template, methods in self.routes if pattern.match(path)]
        if not fitting:
            return [(f"{method} {re.sub(r'[0-9]+', 'N', path)}", "no such path in the document")]
        template, methods = next((route for route in fitting if method.lower() in route[1]), fitting[0])
        place = f"{method} {template} {status}"
        if method.lower() not in methods:
            return [(place, "no such method in the document")]
        responses = methods[method.lower()]["responses"]
        response = responses.get(str(status)) or responses.get("default")
        if response is None:
            return [(place, f"status not in the document, which has {', '.join(responses)}")]
        while "$ref" in response:
            response = self.resolve(response["$ref"])
        content = response.get("content") or {}
        schema = next((entry.get("schema") for entry in content.values() if entry.get("schema")), None)
        if schema is None or body is None:
            return []
        if "json" not in kind:
            return [(place, f"content type {kind}")]
        schema = {"allOf": [schema], "components": self.document.get("components", {})}
        return [(f"{place} {shape(error.absolute_path)}", error.message[:200])
                for error in self.validator(schema).iter_errors(body)
                if not error.message.endswith("for not nullable")]  # said again as a wrong type

    def resolve(self, reference):
        value = self.document
        for part in reference.removeprefix("#/").split("/"):
            value = value[part.replace("~1", "/").replace("~0", "~")]
        return value


def shape(path):
    return "/".join("*" if isinstance(part, int) else str(part) for part in path)


class Watch:
    """Watches every `requests` session of this process. `deployment` says which documents apply."""

    def __init__(self):
        self.folder = os.environ.get("ATLASSIAN_DOCUMENTS")
        self.file = os.environ.get("INTEROP_DEVIATIONS")
        self.documents = {}
        self.seen = {}
        self.exchanges = 0
        self.deployment = os.environ.get("INTEROP_DEPLOYMENT", "cloud")
        if self.folder:
            send = requests.Session.send

            def watched(session, request, **named):
                response = send(session, request, **named)
                self.look(request, response)
                return response

            requests.Session.send = watched
            atexit.register(self.tell)

    def look(self, request, response):
        path = re.sub(r"^/ex/confluence/[^/]+", "", urllib.parse.urlsplit(request.url).path)
        if self.deployment == "datacenter":
            path = path[max(path.find("/rest/"), 0):]  # without the context path
        for prefix, name, added in PREFIXES[self.deployment]:
            if path.startswith(prefix + "/"):
                break
        else:
            return
        self.exchanges += 1
        if name not in self.documents:
            self.documents[name] = Document(pathlib.Path(self.folder) / f"{name}.openapi.json")
        try:
            body = response.json() if response.content else None
        except ValueError:
            body = None
        kind = response.headers.get("content-type", "")
        path = added + path.removeprefix(prefix)
        for place, problem in self.documents[name].deviations(
            request.method, path, response.status_code, kind, body
        ):
            known = self.seen.setdefault(f"{name}: {place}: {problem}", [])
            if len(known) < 1:
                known.append(f"{request.method} {request.url} -> {response.text[:300]}")

    def tell(self):
        lines = [f"{finding}\n      e.g. {examples[0]}" for finding, examples in sorted(self.seen.items())]
        if self.file:
            with open(self.file, "a", encoding="utf-8") as out:
                out.writelines(f"{line}\n" for line in lines)
        else:
            print(f"\n{self.exchanges} answers held against Atlassian's documents; {len(lines)} kinds of deviation")
            for line in lines:
                print(f"  {line}")
