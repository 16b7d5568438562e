"""`habeas … | head`: whoever stopped reading gets no traceback and no exit 1."""

from __future__ import annotations

import subprocess
import sys

import pytest


@pytest.mark.parametrize("arguments", [["facts"], ["facts", "--json"], ["--help"]])
def test_a_reader_that_leaves_is_no_fault(arguments):
    """The pipe is closed before a line is read; the command ends with 0 and says nothing."""
    call = [sys.executable, "-c", "from habeas.cli.door import main; main()", *arguments]
    with subprocess.Popen(call, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running:
        running.stdout.close()
        said = running.stderr.read().decode()
        code = running.wait(60)

    assert (0, "") == (code, said)
