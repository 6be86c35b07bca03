"""Breaks a valid document in many ways and expects the rule that is about it: a rule that never fires proves nothing.

    mutations.py DOCUMENT SPECTRAL RULESET
"""

import copy
import json
import pathlib
import subprocess
import sys
import tempfile

PAGES, TITLE, TREE = "/pages", "/pages/{title}", "/pages/tree"


def body(document):
    return document["paths"][PAGES]["post"]["requestBody"]["content"]["application/json"]["schema"]


def parameter(document):
    return document["paths"][TREE]["get"]["parameters"][0]


def answer(document):
    return document["paths"][PAGES]["get"]["responses"]["200"]["content"]["application/json"]["schema"]


def operation(document):
    return document["paths"][PAGES]["get"]


MUTATIONS = {
    "literal-version": lambda d: d.update(openapi="3.1.1"),
    "document-size": lambda d: d["info"].update(description="x" * 40000),
    "one-server": lambda d: d["servers"].append({"url": "https://other.test"}),
    "absolute-https-server": lambda d: d["servers"][0].update(url="http://wiki.test/endpoint/dev"),
    "no-server-variables": lambda d: d["servers"][0].update(variables={"x": {"default": "y"}}),
    "info-description": lambda d: d["info"].pop("description"),
    "at-most-twenty-operations": lambda d: d["paths"].update({f"/x{n}": {"get": operation(d)} for n in range(20)}),
    "path-item-has-only-methods": lambda d: d["paths"][PAGES].update(summary="Pages"),
    "only-schemas-are-shared": lambda d: d["components"].update(parameters={}),
    "bearer-scheme": lambda d: d["components"]["securitySchemes"]["BearerAuth"].update(scheme="basic"),
    "operation-id": lambda d: operation(d).update(operationId="list pages"),
    "operation-summary": lambda d: operation(d).update(summary="x" * 81),
    "operation-description-length": lambda d: operation(d).update(description="x" * 281),
    "says-whether-it-changes-things": lambda d: operation(d).pop("x-openai-isConsequential"),
    "reading-is-not-consequential": lambda d: operation(d).update({"x-openai-isConsequential": True}),
    "says-who-may": lambda d: operation(d).pop("security"),
    "one-success-which-is-200": lambda d: operation(d)["responses"].update({"201": {"description": "Made."}}),
    "guarded-operations-say-how-they-fail": lambda d: operation(d)["responses"].pop("4XX"),
    "answers-are-json": lambda d: operation(d)["responses"]["200"]["content"].update({"text/plain": {}}),
    "inline-parameters": lambda d: operation(d).update(parameters=[{"$ref": "#/paths/~1pages~1tree/get/parameters/0"}]),
    "parameter-is-described": lambda d: body(d)["properties"]["title"].pop("description"),
    "parameters-in-path-or-query": lambda d: parameter(d).update({"in": "header"}),
    "plain-input": lambda d: body(d)["properties"]["format"].update(enum=["markdown", None]),
    "flat-body": lambda d: body(d).update(additionalProperties=False),
    "body-is-json": lambda d: d["paths"][PAGES]["post"]["requestBody"]["content"].update({"text/plain": {}}),
    "distinct-names": lambda d: d["paths"][TITLE]["put"]["requestBody"]["content"]["application/json"]["schema"][
        "properties"].update(title={"type": "string", "description": "again"}),
    "single-types": lambda d: answer(d)["properties"]["message"].update(type=["string", "null"]),
    "objects-list-properties": lambda d: answer(d)["properties"].update(data={"type": "object"}),
    "arrays-have-items": lambda d: answer(d)["properties"].update(data={"type": "array"}),
    "nothing-nullable": lambda d: answer(d)["properties"]["data"].update(nullable=True),
    "no-combined-answers": lambda d: answer(d)["properties"].update(data={"oneOf": [{"type": "string"}]}),
}


def findings(document, spectral, ruleset):
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder) / "document.json"
        file.write_text(json.dumps(document))
        command = [spectral, "lint", "--quiet", "--format", "json", "--ruleset", ruleset, str(file)]
        out = subprocess.run(command, capture_output=True, text=True, check=False).stdout
        return {finding["code"] for finding in json.loads(out[: out.rindex("]") + 1])}


def main():
    file, spectral, ruleset = sys.argv[1:]
    valid = json.loads(pathlib.Path(file).read_text())
    missed = 0
    own = [line.strip().rstrip(":") for line in pathlib.Path(ruleset).read_text().splitlines()
           if line.startswith("  ") and not line.startswith("   ") and line.rstrip().endswith(":")]
    for rule in own:
        if rule not in MUTATIONS:
            missed += 1
            print(f"  FAIL {rule}: no mutation tries it")
    for rule, mutate in MUTATIONS.items():
        document = copy.deepcopy(valid)
        mutate(document)
        found = findings(document, spectral, ruleset)
        if rule in found:
            print(f"  ok   {rule}")
        else:
            missed += 1
            print(f"  FAIL {rule} did not fire, but {', '.join(sorted(found)) or 'nothing'}")
    sys.exit(1 if missed else 0)


main()
