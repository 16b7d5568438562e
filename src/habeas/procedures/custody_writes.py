"""Every durable write of a home's own keys, of erasure and of backups: rows of writes.md."""

from __future__ import annotations

from habeas.ledger.files import declare_step

_OUTBOX = "all of it or nothing; what was committed is logged by the next command of the home"
_OLD_OR_NEW = "the old file or the new one; both open with the same passphrase or none"

MASTER = declare_step(
    "epoch.master",
    lands="the master of the next epoch, before any record names it",
    crash="a key that no record names and that opens nothing; `doctor --clean` destroys it",
)
ROTATE_EPOCH = declare_step(
    "epoch.records",
    lands="the next epoch, every surviving key wrapped under its master, the end of the old ones",
    crash="the old epoch whole or the new one whole; the next `tick` goes on",
)
MASTER_END = declare_step(
    "epoch.master_end",
    lands="the destruction of a master whose day has come",
    crash="the master is there or it is gone; the next `tick` finds which, and records it",
)
EPOCH_END = declare_step(
    "epoch.end_records", lands="that a master was destroyed, and the entry for it", crash=_OUTBOX
)
ERASE_BASE = declare_step(
    "erase.base",
    lands="an encrypted base without the person's row, under a new name and key",
    crash="an encrypted file that no record names; `doctor --clean` removes it",
)
FILE_KEYS = declare_step(
    "kept.keys",
    lands="the end of the keys of encrypted files that no record names",
    crash="files that no record names, with keys or without; `doctor --clean` removes them",
)
ERASE = declare_step(
    "erase.records",
    lands="the end of the person's keys, records and rows, and the entry for it",
    crash="nothing was erased, or all of it; the next command of the home logs it",
)
ERASE_FILES = declare_step(
    "erase.files",
    lands="removal of the old encrypted bases, whose keys are already destroyed",
    crash="encrypted files that nothing opens; the next `tick`, or `doctor --clean`, removes them",
)
SCRUB = declare_step(
    "erase.scrub",
    lands="a database rewritten without free pages, and an empty write-ahead log",
    crash="the database as it was; the next `tick` rewrites it",
)
SCRUBBED = declare_step(
    "erase.scrubbed",
    lands="that the traces of an erasure are gone",
    crash="the same is done again by the next `tick`",
)
RECEIPT = declare_step(
    "erase.receipt",
    lands="the erasure receipt, at the place the user named",
    crash="the erasure stands and is logged; what ties it to the person's own entries is lost",
)
REDUCE_BASE = declare_step(
    "term.base",
    lands="what may stay of a base after its term, under a new name and key",
    crash="an encrypted file that no record names; the next `tick` makes it anew",
)
REDUCE = declare_step(
    "term.records",
    lands="that a base is reduced, the end of the key of the whole one, and the entry for it",
    crash="the whole base or the reduced one; the next `tick` goes on",
)
LOCK_FILE = declare_step(
    "keys.lock", lands="the lock of the keys, before the first key is locked", crash=_OLD_OR_NEW
)
LOCK_KEY = declare_step("keys.locked", lands="one key file, locked or unlocked", crash=_OLD_OR_NEW)
LOCK_END = declare_step(
    "keys.unlock",
    lands="removal of the lock, after the last key is unlocked",
    crash="a lock that no key needs; unlocking again removes it",
)
BACKUP = declare_step(
    "backup.file",
    lands="a backup, at the place the user named",
    crash="no backup, or a whole one; the home is not touched",
)
BACKUP_KEYS = declare_step(
    "backup.keys",
    lands="the file that opens the backups of this epoch, at the place the user named",
    crash="the old file or the new one",
)
BACKUP_RECORDS = declare_step(
    "backup.records", lands="that a backup was made, and the entry for it", crash=_OUTBOX
)
RESTORE_FILE = declare_step(
    "restore.file",
    lands="one file of a home that is still being restored",
    crash="nothing under the home's name; perhaps a hidden `.partial` folder that nobody reads",
)
RESTORE = declare_step(
    "restore.rename",
    lands="the whole restored home under its name",
    crash="nothing under the home's name; perhaps a hidden `.partial` folder that nobody reads",
)
CLEAN = declare_step(
    "clean.files",
    lands="removal of files that no record names and that are older than an hour",
    crash="some of them; cleaning again removes the rest",
)
SHARE = declare_step(
    "holders.share",
    lands="the share of one key holder, at the place the user named",
    crash="no share, or a whole one; nothing needs two holders before the records say so",
)
HOLDERS = declare_step(
    "holders.records",
    lands="what two holders allowed, for which purpose, and the entry for it",
    crash=_OUTBOX,
)
SHARED_RESULT = declare_step(
    "holders.result",
    lands="what two holders asked for, under its final name",
    crash="the whole file or none; the act is in the log already",
)
LOG_KEY = declare_step(
    "log_key.file",
    lands="a new key of the log, before any record names it",
    crash="a key that no record names and that signs nothing; `doctor --clean` destroys it",
)
LOG_KEY_RECORDS = declare_step(
    "log_key.records",
    lands="the change of the log's key, signed by the old one and the new, and the entry for it",
    crash="the old key signs the next head, or both do",
)
LOG_KEYS = declare_step(
    "log_key.chain",
    lands="the chain of the log's keys, at `log/keys.json`",
    crash="the chain without the newest change; the next `tick` writes it",
)
LOG_KEY_END = declare_step(
    "log_key.end",
    lands="the destruction of a key of the log that a later one replaced",
    crash="a key that signs nothing any more; the next `tick` destroys it",
)
