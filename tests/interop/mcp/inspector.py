"""The MCP inspector's command line, strict, in both eras of the protocol, against the demo in front of both products: its
list of tools must be flawless, and each tool is called.

    inspector.py NODE MCP_INSPECTOR
"""

import json
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path += [str(HERE.parent), str(HERE.parent / "clients")]

from checks import Checks  # noqa: E402
from demo import Demo  # noqa: E402

NODE, INSPECTOR = sys.argv[1:3]
STORY = json.loads((HERE / "story.json").read_text(encoding="utf-8"))


def checks(deployment, era):
    check = Checks(f"inspector, {deployment}, {era}")
    with Demo(deployment) as demo:

        def ask(*arguments):
            command = [
                NODE, INSPECTOR, "--cli", demo.mcp, "--transport", "http", "--protocol-era", era,
                "--header", f"Authorization: Bearer {demo.secret}", *arguments,
            ]
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            assert done.returncode == 0, f"exit code {done.returncode}: {done.stdout[-600:]} {done.stderr[-600:]}"
            warned = [line for line in done.stderr.splitlines() if "warn" in line.lower()]
            assert not warned, warned
            return json.loads(done.stdout)

        @check("the list of tools is flawless")
        def _():
            assert ask("--method", "tools/list", "--strict")["tools"]

        @check("resources are listed and read")
        def _():
            resources = ask("--method", "resources/list")["resources"]
            assert ask("--method", "resources/read", "--uri", resources[0]["uri"])["contents"]
            assert ask("--method", "resources/templates/list")["resourceTemplates"]

        for name, arguments in STORY:

            @check(f"{name} {json.dumps(arguments)[:60]}")
            def _():
                given = json.dumps(arguments)
                result = ask("--method", "tools/call", "--tool-name", name, "--tool-args-json", given)
                assert not result.get("isError"), result
                assert json.loads(result["content"][0]["text"]) == result["structuredContent"]

    return check


turns = [(deployment, era) for deployment in ("cloud", "datacenter") for era in ("legacy", "modern")]
done = [checks(*turn) for turn in turns]
sys.exit(1 if any(check.failed for check in done) else 0)
