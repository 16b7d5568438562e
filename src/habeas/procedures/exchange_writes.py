"""Every durable write of the exchange and of the docket: rows of docs/reference/writes.md."""

from __future__ import annotations

from habeas.ledger.files import declare_step

_OUTBOX = "all of it or nothing; what was committed is logged by the next command of the home"

SEALING_KEY = declare_step(
    "exchange.sealing_key",
    lands="the sealing key of a home that was made before homes had one",
    crash="no key, or the key; nobody was given it yet",
)
CARD_FILE = declare_step(
    "exchange.card",
    lands="the home's own card, at the place the user named",
    crash="no card, or a whole one; the records are not touched",
)
TRUST = declare_step(
    "trust.records", lands="a contact, its first key and the entry for them", crash=_OUTBOX
)
SEND = declare_step(
    "send.records", lands="an envelope that waits for its receipt, and its entry", crash=_OUTBOX
)
SEND_FILE = declare_step(
    "send.file",
    lands="the envelope's file, for whoever carries it",
    crash="no file, or a whole one; the envelope waits in the records and can be sent again",
)
RECEIVE = declare_step(
    "receive.records",
    lands="an envelope received, what it does here, what that makes this home send, the entries",
    crash="all of it or nothing; sent again, it is received once",
)
RECEIPT = declare_step(
    "receive.receipt",
    lands="the receipt this home wrote for an envelope whose entry is in its log",
    crash="the envelope is received without a receipt; sent again, it gets one",
)
CONTENT = declare_step(
    "inbox.content",
    lands="what a letter holds, a file at a time, in the folder the user named",
    crash="some of the files; reading it again writes them all",
)
KEY_FILE = declare_step(
    "rotate.key",
    lands="a new private key, readable by its owner alone",
    crash="a key that no record names and that signs nothing",
)
ROTATE = declare_step(
    "rotate.records",
    lands="the change of the key and, for each contact, the envelope that says so",
    crash="the old key signs, and nobody was told; or the new one, and the envelopes wait",
)
CASE = declare_step(
    "case.records",
    lands="a step of a case, what it makes this home send, and the entries",
    crash=_OUTBOX,
)
