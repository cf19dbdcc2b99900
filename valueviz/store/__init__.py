"""What must not be lost: clients, engagements, imports, reports, each in a ledger that shows any change."""

from valueviz.store.check import Check, check
from valueviz.store.client import Client
from valueviz.store.record import Certificate, Commit, ImportRecord
from valueviz.store.workspace import FORMAT, ClientInfo, Workspace

__all__ = ["FORMAT", "Certificate", "Check", "Client", "ClientInfo", "Commit", "ImportRecord", "Workspace", "check"]
