"""The command ``ipt-rules``; its parts are in ``commands``, which need the extra ``cli``."""

from __future__ import annotations

import io
import sys


def main() -> None:
    """Run the command, or say what to install."""
    try:
        from ipt_rules.commands import app
    except ModuleNotFoundError as missing:
        if missing.name not in ("typer", "rich", "click"):
            raise
        sys.stderr.write('The command needs the extra "cli": pip install "ipt-rules[cli]"\n')
        raise SystemExit(2) from None
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a dash that a terminal cannot show is no reason to fail
    try:
        app()
    except OSError as error:
        sys.stderr.write(f"The output cannot be written: {error.strerror}\n")
        raise SystemExit(1) from None


if __name__ == "__main__":
    main()
