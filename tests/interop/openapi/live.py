"""Schemathesis against the running service: every flavor, in front of both products.

A simulator and the service are started anew for each, since tests move, rename and delete pages.
"""

import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time
import urllib.request

from simulator import BINARY, Simulator

HERE = pathlib.Path(__file__).resolve().parent
EXAMPLES = os.environ.get("INTEROP_EXAMPLES", "100")
SEED = os.environ.get("INTEROP_SEED", "1")
SECRET = "demo-secret-of-the-interoperability-checks"
FLAVORS = ("default", "read", "upload")


def serve(folder, deployment, facts, port):
    for flavor in FLAVORS:
        keys = facts | {"gpt_shared_secret": SECRET, "flavor": flavor, "deployment": deployment}
        text = "".join(f"{name}={value}\n" for name, value in keys.items())
        (folder / f"conflagent.{flavor}.properties").write_text(text, encoding="utf-8")
    command = [BINARY, "serve", "--config-dir", str(folder), "--listen", f"127.0.0.1:{port}", "--log-filter", "error"]
    process = subprocess.Popen(command)
    for _ in range(100):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/health") as answer:
                assert json.load(answer)["success"]
            return process
        except OSError:
            time.sleep(0.1)
    process.kill()
    raise RuntimeError("the service does not come up")


def examine(port, flavor):
    endpoint = f"http://127.0.0.1:{port}/endpoint/{flavor}"
    environment = os.environ | {
        "INTEROP_PAGES": f"http://127.0.0.1:{port}/endpoint/default",
        "INTEROP_SECRET": SECRET, "SCHEMATHESIS_HOOKS": "hooks", "PYTHONPATH": str(HERE),
    }
    command = ["st", "--config-file", str(HERE / "schemathesis.toml"), "--no-color", "run", f"{endpoint}/openapi.json",
               "--max-examples", EXAMPLES, "--continue-on-failure", "--include-path-regex", ".*", "--seed", SEED]
    return subprocess.run(command, env=environment, check=False).returncode


def main():
    failed = []
    turns = [(deployment, flavor) for deployment in ("cloud", "datacenter") for flavor in FLAVORS]
    for number, (deployment, flavor) in enumerate(turns):
        print(f"\n-- {flavor}, {deployment}", flush=True)
        port = 5671 + number
        with Simulator(deployment) as simulator, tempfile.TemporaryDirectory() as name:
            service = serve(pathlib.Path(name), deployment, simulator.facts, port)
            try:
                if examine(port, flavor):
                    failed.append(f"{flavor}, {deployment}")
            finally:
                service.terminate()
                service.wait()
    if failed:
        print("failed:", "; ".join(failed))
    sys.exit(1 if failed else 0)


main()
