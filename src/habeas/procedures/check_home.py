"""The health of a home: keys, records, log. Reads only; says what is wrong and never repairs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from habeas.errors import HabeasError
from habeas.ledger.audit import audit
from habeas.ledger.vault import Vault
from habeas.procedures.kept import unreferenced
from habeas.procedures.rotate_epoch import overdue
from habeas.procedures.rotate_log_key import log_keys
from habeas.procedures.sequence import payload_of, pending_count
from habeas.procedures.show_person import altered
from habeas.records import database, models
from habeas.records.home import SECRETS, Home, open_home
from habeas.terms import Text

KEY_FILES = ("signing.key", *SECRETS)  # sealing.key is made on first use in older homes
# The one key that changes: after a rotation it stands under the name of its epoch.
_MASTER = SECRETS[1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One thing looked at. ok: None means worth knowing, nothing wrong."""

    name: str
    ok: bool | None
    says: Text

    def to_json(self) -> dict[str, object]:
        return {"check": self.name, "ok": self.ok, "says": {"en": self.says.en, "zh": self.says.zh}}


def check_home(folder: Path, *, now: datetime | None = None) -> list[Check]:
    """Every check of a home, in the order in which one would mend them.

    now: without it nothing is said of what is overdue.
    """
    checks = [_keys(folder)]
    try:
        home = open_home(folder)
    except HabeasError as error:
        return [*checks, _check("home", False, error.sentence(), "本方工作区无法打开")]
    try:
        checks += [_records(home), _log(home), _agreement(home), *_left_over(home)]
        return checks if now is None else [*checks, *_due(home, now)]
    finally:
        home.close()


def _check(name: str, ok: bool | None, en: str, zh: str) -> Check:
    return Check(name=name, ok=ok, says=Text(en=en, zh=zh))


def _keys(folder: Path) -> Check:
    keys = folder / "keys"
    fixed = [name for name in KEY_FILES if name != _MASTER]
    masters = sorted(path.name for path in keys.glob("master*.key"))
    missing = [name for name in fixed if not (keys / name).is_file()]
    missing += [] if masters else [_MASTER]
    if missing:
        en = f"missing: {', '.join(missing)}; restore them from a backup"
        return _check("keys", False, en, f"缺少密钥文件：{'、'.join(missing)}")
    paths = [keys, *(keys / name for name in (*fixed, *masters))]
    if open_to_others := [path.name for path in paths if path.stat().st_mode & 0o077]:
        en = f"others may read {', '.join(open_to_others)}; run chmod 600 (700 for the folder)"
        return _check("keys", False, en, f"他人可读取：{'、'.join(open_to_others)}")
    return _check("keys", True, "all there, readable by the owner alone", "齐全，仅本人可读")


def _records(home: Home) -> Check:
    word = database.integrity(home.folder)
    if word != "ok":
        return _check("records", False, "the database is damaged; restore a backup", "数据库已损坏")
    entries = models.Entry.objects.using(home.alias).count()
    return _check("records", True, f"whole, {entries} entries", f"完好，{entries} 条记录")


def _log(home: Home) -> Check:
    try:
        head = audit(home.log())
        log_keys(home).check(head)
    except HabeasError as error:
        return _check("log", False, error.sentence(), "存证日志校验未通过")
    return _check("log", True, f"verifies, {head.size} entries", f"校验通过，{head.size} 条")


def _agreement(home: Home) -> Check:
    """Whether every entry that has a place in the log stands there with its own leaf."""
    rows = models.Entry.objects.using(home.alias).exclude(index=None).order_by("index")
    log = home.log()
    leaves = enumerate(log.entries(0, log.size))
    stated = {row["index"]: bytes(row["leaf"]) for row in rows.values("index", "leaf")}
    wrong = sum(stated.pop(index, leaf) != leaf for index, leaf in leaves) + len(stated)
    if wrong := wrong + _altered_choices(home):
        en = f"{wrong} records are not what the log says; they were changed after they were logged"
        return _check("agreement", False, en, f"{wrong} 条记录与存证日志不符")
    return _check("agreement", True, "records and log agree", "记录与存证日志一致")


def _altered_choices(home: Home) -> int:
    """How many choices in clear are not what was sealed when they were made."""
    rows = models.Choice.objects.using(home.alias).select_related("entry")
    vault = home.vault()
    return sum(_is_altered(home, row, vault) for row in rows.iterator(chunk_size=1_000))


def _is_altered(home: Home, row: models.Choice, vault: Vault) -> bool:
    try:
        says = payload_of(home, row.entry, vault=vault)
    except HabeasError:
        return True
    return altered(row.entry, row, says) is not None


def _due(home: Home, now: datetime) -> list[Check]:
    """A master that outlived its day is a promise in an erasure receipt that was broken."""
    count = overdue(home, now=now)
    if not count:
        return []
    en = f"{count} master keys should have been destroyed by now; run `habeas tick`"
    return [_check("epochs", False, en, f"{count} 个主密钥已逾期未销毁；请运行 habeas tick")]


def _left_over(home: Home) -> list[Check]:
    found = []
    if waiting := pending_count(home):
        en = f"{waiting} entries wait for the log; the next command logs them"
        found.append(_check("outbox", None, en, f"{waiting} 条待写入存证日志"))
    if files := unreferenced(home):
        en = f"{len(files)} encrypted files are named by no record: a release or an erasure was cut"
        en += " short; `habeas doctor --clean` removes them"
        zh = f"{len(files)} 个加密文件无记录对应（交付或删除中断）；可用 habeas doctor --clean 清除"
        found.append(_check("bases", None, en, zh))
    return found
