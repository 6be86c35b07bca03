"""Starts `conflagent simulate` for a script and tells what it printed about itself."""

import os
import pathlib
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[3]
BINARY = pathlib.Path(os.environ.get("CONFLAGENT", ROOT / "target" / "debug" / "conflagent"))
FACTS = ("base_url", "email", "api_token", "space_key", "root_page_id")


class Simulator:
    """A simulator on a free loopback port for the length of a `with` block."""

    def __init__(self, deployment, *, seed="demo", knobs=(), faults=()):
        self.command = [str(BINARY), "simulate", "--listen", "127.0.0.1:0", "--deployment", deployment, "--seed", seed]
        self.command += [f"--knob={knob}" for knob in knobs]
        self.command += [f"--fault={fault}" for fault in faults]

    def __enter__(self):
        self.process = subprocess.Popen(self.command, stdout=subprocess.PIPE, text=True)
        for fact in FACTS:
            name, _, value = self.process.stdout.readline().strip().partition("=")
            if name != fact:
                self.process.kill()
                raise RuntimeError(f"the simulator printed {name!r} where {fact!r} was expected")
            setattr(self, fact, value)
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()
