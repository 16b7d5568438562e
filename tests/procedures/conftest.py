from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import pytest

_spec = importlib.util.spec_from_file_location("habeas_world", Path(__file__).parent / "world.py")
world_module = importlib.util.module_from_spec(_spec)
sys.modules.setdefault("habeas_world", world_module)
_spec.loader.exec_module(sys.modules["habeas_world"])


@pytest.fixture
def home(tmp_path):
    """A controller's home, opened and closed again."""
    import habeas_world as world

    from habeas.procedures.init_home import init_home

    made = init_home(tmp_path / "platform", party="controller", name="Example Loans", now=world.T0)
    yield made
    made.close()


@pytest.fixture
def declared(home):
    """A home with its activity declared and its notice published."""
    import habeas_world as world

    world.declare(home)
    world.publish(home)
    return home


@pytest.fixture
def platform(declared):
    """A home that may release: declared, published, assessed."""
    import habeas_world as world

    world.assess(declared)
    return declared
