"""Every durable write of the way from a leak to a remedy: rows of docs/reference/writes.md."""

from __future__ import annotations

from habeas.ledger.files import Step, declare_step

_OUTBOX = "all of it or nothing; what was committed is logged by the next `sequence`"
_FOLDER = "no folder, or a whole one; perhaps a hidden `.partial` folder that nobody reads"

EVIDENCE_COPY = declare_step(
    "evidence.copy",
    lands="the encrypted copy of one file, before anything says that it is kept",
    crash="an encrypted file that no record names; `evidence list` counts such files",
)
FOLDER_FILE = declare_step(
    "folder.file",
    lands="one file of a folder that is still being built",
    crash="nothing under the folder's name; perhaps a hidden `.partial` folder that nobody reads",
)
QUESTION = declare_step(
    "exposure.question",
    lands="the encrypted state that will unblind the answer, before the question is written",
    crash="an encrypted state whose question was never sent; asking again makes a new one",
)
QUESTION_END = declare_step(
    "exposure.question_end",
    lands="removal of that state, once the answer was read and recorded",
    crash="a state that is there or gone; the answer is recorded already",
)
FOLDERS: dict[str, Step] = {
    what: declare_step(f"{what}.folder", lands=lands, crash=_FOLDER)
    for what, lands in (
        ("evidence", "a whole sealed folder under its name"),
        ("exposure", "the published set with what proves its key, under its name"),
        ("papers", "a folder of papers under its name"),
    )
}
REMEDY_RECORDS: dict[str, Step] = {
    act: declare_step(f"{act}.records", lands=f"{what} and the entry for it", crash=_OUTBOX)
    for act, what in (
        ("evidence", "pieces of evidence"),
        ("exposure", "a key, a set or an answered question of the private check"),
        ("incident", "an incident, or what was done about it"),
        ("claim", "the digests of papers that were drafted"),
        ("class", "a class notice"),
    )
}
