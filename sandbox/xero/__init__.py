"""A small, faithful Xero for trying and testing: sign-in, connections and the Accounting API in one WSGI app."""

from sandbox.xero.app import Sandbox, create_sandbox
from sandbox.xero.faults import ConnectionDropped
from sandbox.xero.server import serve

__all__ = ["ConnectionDropped", "Sandbox", "create_sandbox", "serve"]
