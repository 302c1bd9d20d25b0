"""The command ``ipt-rules``; its parts are in ``commands``, which need the extra ``cli``."""

from __future__ import annotations

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
    app()


if __name__ == "__main__":
    main()
