"""What must not be lost: clients, engagements, imports, reports, each in a ledger that shows any change."""

from valueviz.store.backup import BackedUp, back_up
from valueviz.store.check import Check, check
from valueviz.store.client import Client
from valueviz.store.place import Doubt, doubt
from valueviz.store.record import Certificate, Commit, ImportRecord, OverlapChoice, RawReason, State
from valueviz.store.restore import Restored, bring_back
from valueviz.store.workspace import FORMAT, ClientInfo, Workspace

__all__ = [
    "FORMAT",
    "BackedUp",
    "Certificate",
    "Check",
    "Client",
    "ClientInfo",
    "Commit",
    "Doubt",
    "ImportRecord",
    "OverlapChoice",
    "RawReason",
    "Restored",
    "State",
    "Workspace",
    "back_up",
    "bring_back",
    "check",
    "doubt",
]
