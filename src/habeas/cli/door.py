"""The door on the command line: names every command and loads only the one that is called.

This is the one place where the command line turns errors into sentences and exit codes:
0 yes or done · 2 bad input · 3 no · 4 undetermined or not proved · 1 an internal fault.
Below the doors nothing reads a clock or the environment.
"""

from __future__ import annotations

import json
import os
import sys
import traceback
from importlib import import_module
from importlib.metadata import version
from keyword import iskeyword
from typing import NoReturn

from habeas.errors import HabeasError
from habeas.ledger.passphrase import passphrases_from

# name -> one line for --help; `module_of` says where its `app`, a typer.Typer, is.
COMMANDS: dict[str, str] = {
    "init": "make a home for one party: keys, records, log",
    "doctor": "say what is missing here, and how to get it",
    "demo": "run the whole chain on a generated loan book",
    "scan": "find personal data and say where the legal line runs",
    "decide": "decide whether each use is lawful, with provisions",
    "facts": "show the vocabulary in which matters are written",
    "law": "show and test the law books",
    "pilot": "a real trial of a rule: fixed beforehand, measured afterwards",
    "activity": "declare what is done with which data",
    "notice": "draft, check and publish privacy notices",
    "observe": "what an app, a page or a table really takes, against what is declared",
    "choice": "give, refuse or withdraw consent",
    "person": "what is held about one person, their bundle, their account",
    "erase": "erase a person, and say until when a backup could undo it",
    "report": "the officer's papers: impact assessment",
    "release": "hand data out: lawful, minimised, marked, logged",
    "countersign": "sign for a release received, or record the signature",
    "trace": "find who leaked a file, and clear who did not",
    "incident": "after a leak: what is owed to whom by when, and the letters",
    "evidence": "a person's own evidence: collected, sealed, checked",
    "exposure": "am I in the leak? a private check",
    "route": "say who leads, in which forum, and what settled it",
    "case": "a matter in an authority's hands: lodge, hand over, decide",
    "claim": "what a person may ask for, and the papers for it",
    "class": "claims together: group, certify, notice, allocate, compare",
    "trust": "give one's card, and trust another party's",
    "send": "send a signed envelope to another home",
    "inbox": "what has come from other homes",
    "serve": "take envelopes over HTTP",
    "verify": "check a bundle of evidence, offline",
    "keys": "show, lock and rotate the keys of a home; two holders",
    "tick": "what is due as time passes: epochs, terms, scrubbing",
    "backup": "the whole home in one encrypted file that ends with its epoch",
    "restore": "a home out of a backup, checked",
    "log": "show, prove, verify, serve, witness and watch a log",
}


_INTERRUPTED = 130


def module_of(name: str) -> str:
    """The module of a command: `habeas.cli.<name>`, with a `_` behind a word of Python."""
    return f"habeas.cli.{name}{'_' if iskeyword(name) else ''}"


def main(arguments: list[str] | None = None) -> NoReturn:
    """Run one command and leave the process with its exit code."""
    given = sys.argv[1:] if arguments is None else arguments
    try:
        code = run(given)
        sys.stdout.flush()
    except BrokenPipeError:
        code = _nobody_reads()
    sys.exit(code)


def _nobody_reads() -> int:
    """Whoever read our output has seen enough (`| head`): no fault, and nothing more is said."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


def run(arguments: list[str]) -> int:
    """Run one command; return its exit code. Never raises for a user's mistake."""
    if not arguments or arguments[0] in ("--help", "-h", "help"):
        print(_overview())
        return 0
    if arguments[0] in ("--version", "-V"):
        print(f"habeas {version('habeas')}")
        return 0
    name, rest = arguments[0], arguments[1:]
    if name not in COMMANDS:
        print(f"habeas: there is no command {name!r}; see `habeas --help`", file=sys.stderr)
        return 2
    return _call(name, rest)


def _call(name: str, arguments: list[str]) -> int:
    import typer  # heavy: only when a command really runs

    # The parser's own errors; typer keeps the class private, its subclass is public.
    parser_error = typer.BadParameter.__mro__[2]
    try:
        app: typer.Typer = import_module(module_of(name)).app
        command = typer.main.get_command(app)
        with passphrases_from(_passphrase):
            result = command.main(arguments, prog_name=f"habeas {name}", standalone_mode=False)
    except HabeasError as error:
        return _say(error, as_json="--json" in arguments)
    except typer.Abort:
        print("habeas: stopped; nothing half done is kept", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("habeas: stopped; nothing half done is kept", file=sys.stderr)
        return _INTERRUPTED
    except BrokenPipeError:
        raise
    except SystemExit as ended:  # how the parser passes on a pipe nobody reads
        if isinstance(ended.__context__, BrokenPipeError):
            raise BrokenPipeError from ended
        raise
    except Exception as error:  # noqa: BLE001 - the last line: a fault of ours, said without values
        if isinstance(error, parser_error):
            print(f"habeas {name}: {error.format_message()}", file=sys.stderr)  # type: ignore[attr-defined]
            return 2
        return _internal_fault(error)
    if result == _INTERRUPTED:  # the parser's own way of passing on Ctrl-C
        print("habeas: stopped; nothing half done is kept", file=sys.stderr)
    return result if isinstance(result, int) else 0


def _passphrase() -> bytes:
    from habeas.cli.passphrase import passphrase_of_home  # only where keys are locked

    return passphrase_of_home()


def _say(error: HabeasError, *, as_json: bool) -> int:
    if as_json:
        print(json.dumps(error.as_json(), ensure_ascii=False))
    print(f"habeas: {error.sentence()}", file=sys.stderr)
    return error.exit_code


def _internal_fault(error: Exception) -> int:
    """Say where we failed without printing the error's own text: it may hold a cell's value."""
    last = traceback.extract_tb(error.__traceback__)[-1]
    module = last.filename.rsplit("/habeas/", 1)[-1].rsplit("/", 1)[-1]
    print(
        f"habeas: internal fault ({type(error).__name__} at {module}:{last.lineno}); "
        "this is our mistake, please report this line and the command without its data",
        file=sys.stderr,
    )
    return 1


def _overview() -> str:
    width = max(map(len, COMMANDS))
    lines = [f"  {name:<{width}}  {summary}" for name, summary in COMMANDS.items()]
    return "\n".join(
        [
            "habeas: from a data set to a legal remedy, with evidence at every link",
            "",
            "usage: habeas COMMAND [options]      `habeas COMMAND --help` explains one command",
            "",
            *lines,
            "",
            "exit codes: 0 yes or done · 2 bad input · 3 no · 4 undetermined · 1 our own fault",
        ]
    )
