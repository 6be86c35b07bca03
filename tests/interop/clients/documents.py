"""Holds every answer a client gets against Atlassian's own OpenAPI documents.

The documents are not part of this repository: `ATLASSIAN_DOCUMENTS` names a folder with `cloud-v1.openapi.json`,
`cloud-v2.openapi.json` and `datacenter-10.2.14.openapi.json`. Without it nothing is watched. Real servers leave their
documents as well, so `known_deviations.py` lists what is right to differ, with the reason.
"""

import json
import os
import pathlib
import re
import urllib.parse

import requests
from known_deviations import KNOWN

PREFIXES = {"cloud": [("/wiki/api/v2", "cloud-v2", ""), ("/wiki/rest", "cloud-v1", "/wiki/rest")],
            "datacenter": [("/rest", "datacenter-10.2.14", "/rest")]}


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
        """What an answer has that the document does not say, as sentences."""
        fitting = [(template, methods) for _, pattern, template, methods in self.routes if pattern.match(path)]
        plain = re.sub(r"[0-9]+", "N", path)
        template, methods = next((route for route in fitting if method.lower() in route[1]), (plain, {}))
        place = f"{method} {template} {status}"
        if not methods:
            return [f"{place}: not in the document"]
        responses = methods[method.lower()]["responses"]
        response = responses.get(str(status)) or responses.get("default")
        if response is None:
            return [f"{place}: status not in the document, which has {', '.join(responses)}"]
        while "$ref" in response:
            response = self.resolve(response["$ref"])
        content = response.get("content") or {}
        schema = next((entry.get("schema") for entry in content.values() if entry.get("schema")), None)
        if schema is None:
            return []
        if body is None:
            return [f"{place}: no JSON but {kind or 'nothing'}"]
        schema = {"allOf": [schema], "components": self.document.get("components", {})}
        return [f"{place}: {shape(error.absolute_path)} {error.message[:200]}"
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
        self.file = os.environ.get("INTEROP_DEVIATIONS")  # where a watched child process leaves what it saw
        self.documents = {}
        self.seen = {}
        self.answers = 0
        self.deployment = os.environ.get("INTEROP_DEPLOYMENT", "cloud")
        self.context = ""  # the context path of a Data Center site
        if not self.folder:
            return
        send = requests.Session.send

        def watched(session, request, **named):
            response = send(session, request, **named)
            self.look(request, response.history[0] if response.history else response)
            return response

        requests.Session.send = watched

    def look(self, request, response):
        path = re.sub(r"^/ex/confluence/[^/]+", "", urllib.parse.urlsplit(request.url).path)
        if self.deployment == "datacenter":
            if not path.startswith(self.context + "/"):
                return  # a request that missed the server
            path = path.removeprefix(self.context)
        elif not path.startswith("/wiki"):
            path = f"/wiki{path}"
        for prefix, name, added in PREFIXES[self.deployment]:
            if path.startswith(prefix + "/"):
                break
        else:
            return
        self.answers += 1
        if name not in self.documents:
            self.documents[name] = Document(pathlib.Path(self.folder) / f"{name}.openapi.json")
        try:
            body = response.json() if response.content else None
        except ValueError:
            body = None
        kind = response.headers.get("content-type", "")
        path = added + path.removeprefix(prefix)
        for problem in self.documents[name].deviations(request.method, path, response.status_code, kind, body):
            example = f"{request.method} {request.url} -> {response.text[:400]}"
            if f"{name}: {problem}" not in self.seen:
                self.seen[f"{name}: {problem}"] = example
                self.leave(f"{name}: {problem}", example)

    def leave(self, finding, example):
        if self.file:
            with open(self.file, "a", encoding="utf-8") as out:
                out.write(json.dumps([finding, example]) + "\n")

    def collect(self, file):
        """Takes over what a watched child process saw."""
        lines = pathlib.Path(file).read_text(encoding="utf-8").splitlines() if pathlib.Path(file).exists() else []
        self.seen.update(json.loads(line) for line in lines)

    def judge(self):
        if not self.folder:
            print("  (not looked at: ATLASSIAN_DOCUMENTS is not set)")
            return
        unknown = []
        reasons = {}
        for finding, example in sorted(self.seen.items()):
            reason = next((reason for pattern, reason in KNOWN if re.search(pattern, finding)), None)
            if reason is None:
                unknown.append(f"{finding}\n         e.g. {example}")
            else:
                reasons[reason] = reasons.get(reason, 0) + 1
        for reason, count in reasons.items():
            print(f"  known {count:3} x {reason}")
        for line in unknown:
            print(f"  FAIL {line}")
        assert not unknown, f"{len(unknown)} deviations without a known reason"
