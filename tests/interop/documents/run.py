"""Schemathesis asks the simulator everything that Atlassian's own OpenAPI documents allow to ask, and holds its answers
against them. `ATLASSIAN_DOCUMENTS` names the folder with the documents, which are not part of this repository.

Data Center's and Cloud v2's documents are tried with reads and writes; of Cloud v1 only the reads, since combining its
inputs takes Schemathesis for ever. It cannot make a body for v2's `updatePage` either.
"""

import os
import pathlib
import subprocess
import sys
import tempfile

from simulator import Simulator

HERE = pathlib.Path(__file__).resolve().parent
EXAMPLES = os.environ.get("INTEROP_EXAMPLES", "30")
SEED = os.environ.get("INTEROP_SEED", "1")
V2 = (r"^/(pages|folders|spaces|tasks|attachments|(footer|inline)-comments)(/\{[a-z-]+\}(/(direct-children|children|"
      r"ancestors|descendants|versions|labels|properties|(footer|inline)-comments|attachments|operations|pages)"
      r"(/\{[a-z-]+\})?)?)?$")
V1 = r"^/wiki/rest/api/(content|search|user|longtask|group)"
DATA_CENTER = r"^/rest/api/(content|search|space|user/current|contentbody|accessmode|longtask|group)"
READS = ["--exclude-method", "POST", "--exclude-method", "PUT", "--exclude-method", "DELETE"]
CONFIG = """
[dictionaries.ids]
values = [ROOT]

[parameters]
"path.id" = { dictionary = "ids", probability = 0.7 }
"path.page-id" = { dictionary = "ids", probability = 0.7 }

[phases.stateful]
enabled = false # the documents have no links between operations
"""
TURNS = [
    ("cloud", "cloud-v2.openapi.json", "/api/v2", V2, ["--exclude-operation-id", "updatePage"]),
    ("cloud", "cloud-v1.openapi.json", "", V1, READS),
    ("datacenter", "datacenter-10.2.14.openapi.json", "", DATA_CENTER, []),
]


def examine(deployment, document, below, paths, more):
    with Simulator(deployment) as simulator, tempfile.TemporaryDirectory() as name:
        base = simulator.base_url + below if below else simulator.base_url.removesuffix("/wiki")
        config = pathlib.Path(name) / "schemathesis.toml"
        config.write_text(CONFIG.replace("ROOT", simulator.root_page_id), encoding="utf-8")
        environment = os.environ | {"SCHEMATHESIS_HOOKS": "hooks", "PYTHONPATH": str(HERE)}
        return subprocess.run(
            ["st", "--config-file", str(config), "--no-color", "run", document, "--url", base,
             "--auth", f"{simulator.email}:{simulator.api_token}", "--mode", "positive", "--max-examples", EXAMPLES,
             "--checks", "not_a_server_error,response_schema_conformance", "--include-path-regex", paths, *more,
             "--phases", "coverage,fuzzing", "--seed", SEED, "--warnings", "off", "--suppress-health-check", "all"],
            env=environment, check=False, cwd=name,
        ).returncode


def main():
    folder = os.environ.get("ATLASSIAN_DOCUMENTS")
    if not folder:
        print("not run: ATLASSIAN_DOCUMENTS is not set")
        return
    failed = []
    for deployment, document, *rest in TURNS:
        print(f"\n-- {document}", flush=True)
        if examine(deployment, str(pathlib.Path(folder) / document), *rest):
            failed.append(document)
    if failed:
        print("failed:", ", ".join(failed))
    sys.exit(1 if failed else 0)


main()
