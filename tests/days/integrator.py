#!/usr/bin/python3
"""A program that has files signed: N processes, one idempotency key a file, whatever happens to the
service meanwhile. Uses the client of docs/integration.md as it stands.

    integrator.py CLIENT.py HOST:PORT IN_DIR OUT_DIR PROCESSES

Prints one JSON object: every reason that was met, with its count.
"""

import argparse
import collections
import contextlib
import importlib.util
import io
import json
import multiprocessing
import os
import pathlib
import sys
import tempfile
import time

TRIES = 400
PAUSE = 0.1  # seconds
# Soon there again after the service was.
OPTIONS = [("grpc.enable_http_proxy", 0), ("grpc.initial_reconnect_backoff_ms", 100),
           ("grpc.max_reconnect_backoff_ms", 300)]


def load(path):
    spec = importlib.util.spec_from_file_location("sceau_client", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def arguments_for(source, target):
    return argparse.Namespace(
        input=str(source), output=str(target), whole=False, bordereau=None, profile="",
        role="Maire", city="Lyon", postal_code="69001", country="France",
        set_dematerialisee=False, key="", timeout=60)


def sign(client, server, source, target):
    """Signs one file; the reasons met on the way, None at the end when it was not signed."""
    import grpc
    reasons = []
    for _ in range(TRIES):
        try:
            with grpc.insecure_channel(server, options=OPTIONS) as channel, \
                    contextlib.redirect_stdout(io.StringIO()):
                if client.sign_once(channel, arguments_for(source, target), "day-" + source.name):
                    return reasons
            reasons.append("ANSWER_INCOMPLETE")
        except grpc.RpcError as error:
            reasons.append(client.describe(error)[0])
        time.sleep(PAUSE)
    return reasons + [None]


def work(job):
    client_path, stubs, server, sources, folder = job
    sys.path.insert(0, stubs)
    client = load(client_path)
    import google
    google.__path__.append(os.path.join(stubs, "google"))
    reasons = []
    for source in sources:
        reasons += sign(client, server, source, pathlib.Path(folder) / source.name)
    return reasons


def main():
    client_path, server, inputs, outputs, processes = sys.argv[1:]
    sources = sorted(pathlib.Path(inputs).iterdir())
    count = int(processes)
    with tempfile.TemporaryDirectory() as stubs:
        load(client_path).make_stubs(stubs)
        jobs = [(client_path, stubs, server, sources[i::count], outputs) for i in range(count)]
        with multiprocessing.get_context("spawn").Pool(count) as pool:
            reasons = collections.Counter(it for met in pool.map(work, jobs) for it in met)
    unsigned = reasons.pop(None, 0)
    print(json.dumps({"unsigned": unsigned, "reasons": reasons}))
    return 1 if unsigned else 0


if __name__ == "__main__":
    sys.exit(main())
