"""``python -m sandbox.xero --port 8090 --state DIR [--set voided_numbers=held]``: the sandbox alone."""

import argparse
import functools
import sys
from pathlib import Path

from sandbox.xero.server import NotLoopback, serve
from sandbox.xero.switches import UnknownSwitch


def main() -> int:
    arguments = _parser().parse_args()
    settings = dict(pair.partition("=")[::2] for pair in arguments.set)
    try:
        serve(
            arguments.port, arguments.state, arguments.host, arguments.allow_other_hosts, settings,
            announce=functools.partial(print, flush=True),
        )
    except (NotLoopback, UnknownSwitch) as error:
        print(error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        pass
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m sandbox.xero", description="A small Xero for trying and testing.")
    parser.add_argument("--port", type=int, default=8090, help="0 picks a free one")
    parser.add_argument("--state", type=Path, required=True, help="the folder that keeps what is in Xero")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--allow-other-hosts", action="store_true", help="listen beyond this machine")
    parser.add_argument("--set", action="append", default=[], metavar="SWITCH=VALUE", help="turn a switch")
    return parser


if __name__ == "__main__":
    sys.exit(main())
