"""Loads everything once, then forks a worker for each line it is given; the parent kills it.

A worker records choices and releases tables, and writes a line to the acknowledgement file only
after a call has come back: whatever stands there was promised.
"""

from __future__ import annotations

import importlib.util
import os
import sys
from pathlib import Path

spec = importlib.util.spec_from_file_location("habeas_world", Path(__file__).parent / "world.py")
assert spec is not None
world = importlib.util.module_from_spec(spec)
sys.modules["habeas_world"] = world
spec.loader.exec_module(world)
for plugin in filter(None, os.environ.get("HABEAS_TEST_PRELOAD", "").split(",")):
    importlib.import_module(plugin)

from habeas.procedures.record_choice import Said, record_choice  # noqa: E402
from habeas.procedures.release_data import release_data  # noqa: E402
from habeas.records.home import open_home  # noqa: E402
from habeas.rights.choice import ChoiceState  # noqa: E402
from habeas.tables.source import open_source  # noqa: E402

BOOK = world.book()


def work(folder: Path, out: Path, acknowledged: Path, run: int) -> None:
    handle = os.open(acknowledged, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    home = open_home(folder)
    for n in range(1000):
        persons = [f"r{run}n{n}p{p}" for p in range(5)]
        said = [Said(subject=person, state=ChoiceState.REFUSED) for person in persons]
        record_choice(home, said, activity="loan-servicing", now=world.later(30))
        os.write(handle, "".join(f"choice {person}\n" for person in persons).encode())
        name = f"r{run}n{n}.csv"
        release_data(
            home,
            open_source(world.table(60), name="loans"),
            out / name,
            activity="loan-servicing",
            recipient="collector",
            purpose="debt_collection",
            book=BOOK,
            now=world.later(60),
        )
        os.write(handle, f"release {name}\n".encode())


def main() -> None:
    print("ready", flush=True)
    for line in sys.stdin:
        home, out, acknowledged, run = line.split()
        pid = os.fork()
        if pid == 0:
            try:
                work(Path(home), Path(out), Path(acknowledged), int(run))
            finally:
                os._exit(1)
        print(pid, flush=True)
        os.waitpid(pid, 0)
        print("gone", flush=True)


if __name__ == "__main__":
    main()
