"""The scenarios of the MCP conformance suite that apply to a server like this one, against the demo.

    conformance.py NODE CONFORMANCE

Most scenarios want a server made for the suite, with tools such as `test_simple_text`, and are left out: SCENARIOS names
the others. A check of one of them that needs a feature we do not have, or such a tool, stands in KNOWN with the reason.
"""

import json
import pathlib
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path += [str(HERE.parent), str(HERE.parent / "clients")]

from checks import Checks  # noqa: E402
from demo import Demo  # noqa: E402

NODE, CONFORMANCE = sys.argv[1:3]

SCENARIOS = {
    "2025-11-25": [
        "server-initialize", "server-session-lifecycle", "ping", "tools-list", "resources-list",
        "dns-rebinding-protection",
    ],
    "2026-07-28": [
        "server-stateless", "tools-list", "resources-list", "sep-2164-resource-not-found", "dns-rebinding-protection",
        "caching", "http-header-validation", "server-sse-multiple-streams", "input-required-result-unsupported-methods",
    ],
}

FIXTURE = "needs a tool made for the suite"
KNOWN = {
    "sep-2575-server-rejects-undeclared-capability": FIXTURE,
    "sep-2575-missing-capability-http-400": FIXTURE,
    "sep-2575-http-server-no-independent-requests-on-stream": FIXTURE,
    "sep-2575-server-no-log-without-loglevel": FIXTURE,
    "sep-2575-http-server-method-not-found-404-initialize":
        "wants initialize to be unknown; a server of both generations answers it",
    "sep-2549-prompts-list-caching-hints": "there are no prompts, and none are declared",
}


def verdicts(url, scenario, revision):
    """Every check of a scenario: its id, whether it held, and what it says."""
    with tempfile.TemporaryDirectory() as folder:
        command = [NODE, CONFORMANCE, "server", "--url", url, "--scenario", scenario, "--spec-version", revision,
                   "--output-dir", folder]
        subprocess.run(command, capture_output=True, check=False, timeout=120)
        for file in pathlib.Path(folder).rglob("checks.json"):
            for one in json.loads(file.read_text(encoding="utf-8")):
                yield one["id"], one["status"], one.get("errorMessage") or one["description"]


def checks(deployment):
    check = Checks(f"conformance, {deployment}")
    with Demo(deployment) as demo:
        command = [NODE, str(HERE / "proxy.mjs"), demo.mcp, demo.secret]
        proxy = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        url = proxy.stdout.readline().strip()
        try:
            for revision, scenarios in SCENARIOS.items():
                for scenario in scenarios:
                    found = list(verdicts(url, scenario, revision))

                    @check(f"{revision} {scenario} was run")
                    def _():
                        assert found

                    for name, status, said in found:

                        @check(f"{revision} {scenario}: {name}", fails_since=KNOWN.get(name))
                        def _():
                            assert status in ("SUCCESS", "INFO", "SKIPPED"), f"{status}: {said}"

        finally:
            proxy.terminate()
            proxy.wait()
    return check


done = [checks(deployment) for deployment in ("cloud", "datacenter")]
print("\n" + ", ".join(f"{sum(getattr(one, name) for one in done)} {name}" for name in ("passed", "failed", "known")))
sys.exit(1 if any(check.failed for check in done) else 0)
