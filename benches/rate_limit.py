#!/usr/bin/env python3
"""Many agents against a Confluence that allows few requests a second, in real time.

    cargo build --release
    python3 benches/rate_limit.py target/release/conflagent

Starts two simulators, one with a rate limit and one without, and the service with an endpoint in front of each.
Agents read pages of the first as fast as they are let; one neighbour reads the second all the while. Prints what became
of it: failures, upstream requests against the least that were possible, waiting times. Needs Python 3.9 and nothing
else. The exit code is 1 when a request failed or more than 5 % of the upstream requests were wasted.
"""

import argparse
import json
import pathlib
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request

SECRET = "a-secret-of-the-benchmark"
TITLES = ["Event%20Bus", "Runbooks", "Operations", "Architecture"]


def simulator(binary, port, *options):
    """A running simulator and the lines of a properties file for it."""
    command = [binary, "simulate", "--listen", f"127.0.0.1:{port}", *options]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    lines = [process.stdout.readline() for _ in range(6)]
    return process, "".join(lines) + f"gpt_shared_secret={SECRET}\n"


def read(base, endpoint, title):
    """One request of an agent: status and seconds."""
    url = f"{base}/endpoint/{endpoint}/pages/{title}"
    request = urllib.request.Request(url, headers={"Authorization": f"Bearer {SECRET}"})
    begun = time.monotonic()
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            answer.read()
            status = answer.status
    except urllib.error.HTTPError as error:
        status = error.code
    return status, time.monotonic() - begun


def share(seconds, part):
    ordered = sorted(seconds)
    return ordered[min(len(ordered) - 1, int(len(ordered) * part))]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("binary")
    parser.add_argument("--agents", type=int, default=50)
    parser.add_argument("--requests", type=int, default=10, help="of each agent")
    parser.add_argument("--rate", type=float, default=10, help="requests per second that Confluence allows")
    parser.add_argument("--latency", default="50ms")
    parser.add_argument("--port", type=int, default=18090, help="the first of three that are used")
    options = parser.parse_args()

    base = f"http://127.0.0.1:{options.port + 2}"
    children, log = [], []
    with tempfile.TemporaryDirectory() as directory:
        try:
            for place, (name, knobs) in enumerate(
                [("limited", ["--knob", f"rate-limit={options.rate}"]), ("neighbour", [])]
            ):
                child, lines = simulator(
                    options.binary, options.port + place, "--latency", options.latency, *knobs
                )
                children.append(child)
                (pathlib.Path(directory) / f"conflagent.{name}.properties").write_text(lines)
            service = subprocess.Popen(
                [options.binary, "serve", "--config-dir", directory, "--listen", base[len("http://") :]]
                + ["--log-format", "json"],
                stderr=subprocess.PIPE,
                text=True,
            )
            children.append(service)
            follower = threading.Thread(target=lambda: log.extend(service.stderr), daemon=True)
            follower.start()
            for _ in range(100):
                try:
                    urllib.request.urlopen(f"{base}/health").read()
                    break
                except OSError:
                    time.sleep(0.05)
            for endpoint in ["limited", "neighbour"]:
                for title in TITLES:
                    status, _ = read(base, endpoint, title)
                    assert status == 200, f"the first read of {title} was answered with {status}"

            answers, beside, done = [], [], threading.Event()

            def agent(number):
                for turn in range(options.requests):
                    answers.append(read(base, "limited", TITLES[(number + turn) % len(TITLES)]))

            def neighbour():
                while not done.is_set():
                    beside.append(read(base, "neighbour", TITLES[0]))

            # The bucket of the limit is to be full.
            time.sleep(2)
            warm = len(log)
            begun = time.monotonic()
            agents = [threading.Thread(target=agent, args=(number,)) for number in range(options.agents)]
            other = threading.Thread(target=neighbour)
            for thread in [*agents, other]:
                thread.start()
            for thread in agents:
                thread.join()
            taken = time.monotonic() - begun
            done.set()
            other.join()
        finally:
            for child in reversed(children):
                child.terminate()
                child.wait()
        follower.join(5)

    lines = [json.loads(line) for line in log[warm:]]
    ours = [line for line in lines if line.get("endpoint") == "limited"]
    upstream = sum(line["upstream_calls"] for line in ours)
    retries = sum(line["retries"] for line in ours)
    failed = [status for status, _ in answers if status != 200]
    seconds = [taken for _, taken in answers]
    wasted = retries / upstream
    print(f"{options.agents} agents, {len(answers)} requests, {len(failed)} failed {sorted(set(failed)) or ''}")
    print(f"upstream requests: {upstream}, of which {retries} were sent again ({wasted:.1%})")
    print(f"took {taken:.1f} s; {upstream - retries} requests at {options.rate:g}/s take {(upstream - retries) / options.rate:.1f} s")
    print(f"an answer took {share(seconds, 0.5):.1f} s (median), {share(seconds, 0.95):.1f} s (95 %), {max(seconds):.1f} s (most)")
    calm = [taken for status, taken in beside if status == 200]
    print(
        f"neighbour: {len(beside)} requests, {len(beside) - len(calm)} failed, "
        f"{share(calm, 0.5) * 1000:.0f} ms (median), {max(calm) * 1000:.0f} ms (most)"
    )
    return 1 if failed or wasted > 0.05 else 0


if __name__ == "__main__":
    sys.exit(main())
