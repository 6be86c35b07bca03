"""Starts `conflagent simulate` for a script and tells what it printed about itself."""

import os
import pathlib
import subprocess

HERE = pathlib.Path(__file__).resolve().parent
BINARY = os.environ.get("CONFLAGENT", str(HERE.parents[1] / "target" / "debug" / "conflagent"))


class Simulator:
    """A simulator on a free loopback port for the length of a `with` block, where it has what it printed:
    `base_url`, `email`, `api_token`, `space_key` and `root_page_id`, all of it in `facts`.
    """

    def __init__(self, deployment, *, seed="demo", knobs=(), faults=()):
        self.command = [BINARY, "simulate", "--listen", "127.0.0.1:0", "--deployment", deployment, "--seed", seed]
        self.command += [f"--knob={knob}" for knob in knobs]
        self.command += [f"--fault={fault}" for fault in faults]

    def __enter__(self):
        self.process = subprocess.Popen(self.command, stdout=subprocess.PIPE, text=True)
        self.facts = {}
        while "root_page_id" not in self.facts:  # the last one
            line = self.process.stdout.readline()
            if not line:
                raise RuntimeError("the simulator ended before it said what it is")
            name, _, value = line.strip().partition("=")
            self.facts[name] = value
        vars(self).update(self.facts)
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()
