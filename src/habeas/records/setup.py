"""Django, made ready once per process, without reading the environment."""

from __future__ import annotations

import django
from django.apps import apps
from django.conf import settings

from habeas.records import settings as ours


def ensure_django() -> None:
    """Configure Django with the settings of the records floor, unless somebody already has."""
    if not settings.configured:
        settings.configure(**{name: getattr(ours, name) for name in dir(ours) if name.isupper()})
    # While apps load, they import the models; asking again then would be a second start.
    if not (apps.ready or apps.loading):
        django.setup()
