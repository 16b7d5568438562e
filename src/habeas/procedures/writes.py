"""Every durable write of the procedures floor, by name: the rows of docs/reference/writes.md."""

from __future__ import annotations

from habeas.ledger.files import Step, declare_step

_BUILDING = "nothing under the home's name; perhaps a hidden `.partial` folder that nobody reads"
_OUTBOX = "all of it or nothing; what was committed is logged by the next `sequence`"

HOME_FILE = declare_step(
    "home.file", lands="a key or home.json, in a home still being built", crash=_BUILDING
)
HOME_RENAME = declare_step("home.rename", lands="the whole home under its name", crash=_BUILDING)
HOME_RECORDS = declare_step(
    "home.records", lands="the first entry, in a home still being built", crash=_BUILDING
)
RECORDS: dict[str, Step] = {
    act: declare_step(f"{act}.records", lands=f"{what} and the entry for it", crash=_OUTBOX)
    for act, what in (
        ("activity", "a version of an activity"),
        ("notice", "a published notice"),
        ("choice", "choices"),
        ("assessment", "an impact assessment"),
        ("countersign", "a countersignature"),
        ("trace", "a trace and the tests it made"),
        ("trial", "what a trial of a rule will measure"),
    )
}
RECEIPTS = declare_step(
    "sequence.receipts",
    lands="index and checkpoint beside entries that are in the log",
    crash="entries are in the log without a receipt; the next `sequence` finds them by record id",
)
BASE = declare_step(
    "release.base",
    lands="the encrypted base",
    crash="an encrypted file that no record names; `habeas doctor` counts such files",
)
COPY = declare_step(
    "release.copy",
    lands="the encrypted description of the copy",
    crash="an encrypted file that no record names; `habeas doctor` counts such files",
)
DISCARD = declare_step(
    "release.discard",
    lands="removal of both encrypted files, when a choice came in before the commit",
    crash="encrypted files that no record names; `habeas doctor` counts such files",
)
RELEASE = declare_step(
    "release.records",
    lands="the release, and one entry for it and for each person with a record who is in it",
    crash="no release; or one that is logged by the next `sequence` and was not handed out",
)
MANIFEST = declare_step(
    "release.manifest",
    lands="the manifest with its receipt, beside where the table will be",
    crash="a manifest without its table; the next release to this name replaces it",
)
TABLE = declare_step(
    "release.table",
    lands="the table under its final name: the hand-out",
    crash="the whole table or none; a release that stays 'committed' counts as handed out",
)
HANDED_OUT = declare_step(
    "release.done",
    lands="the time of hand-out",
    crash="the release stays 'committed' and counts as handed out",
)
