"""A stand-in for the Hermes Agent gateway: the same command line, and nothing behind it.

It lives until SIGTERM. A file `exit-with` in HERMES_HOME makes it exit with the code in it, once.
"""

import argparse
import os
import pathlib
import signal
import sys
import time


def parse(arguments):
    parser = argparse.ArgumentParser(prog="hermes")
    parser.add_argument("--profile")
    gateway = parser.add_subparsers(dest="command", required=True).add_parser("gateway")
    run = gateway.add_subparsers(dest="verb", required=True).add_parser("run")
    for flag in ("--replace", "--force", "--no-supervise", "--external-supervisor"):
        run.add_argument(flag, action="store_true")
    return parser.parse_args(arguments)


def main():
    parse(sys.argv[1:])
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    request = pathlib.Path(os.environ["HERMES_HOME"]) / "exit-with"
    while True:
        if request.exists():
            code = int(request.read_text())
            request.unlink()
            sys.exit(code)
        time.sleep(0.02)


if __name__ == "__main__":
    main()
