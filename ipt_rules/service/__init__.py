"""The library as a service over HTTP: CDS Hooks 2.0.1 as an ASGI application. Needs the extra ``service``."""

from ipt_rules.errors import MissingExtraError

try:
    import starlette  # noqa: F401  # whether it is there is all that is asked
except ModuleNotFoundError as missing:
    if missing.name != "starlette":
        raise
    raise MissingExtraError('The service needs the extra "service": pip install "ipt-rules[service]"') from None

from ipt_rules.service.application import Service, app
from ipt_rules.service.limits import Limits

__all__ = ["Limits", "Service", "app"]
