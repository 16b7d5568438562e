"""Django's settings for the records of a home. Read from nowhere: every value stands here.

There is no default database: each home adds its own connection when it is opened, and a query
that names no home fails instead of landing in somebody else's records.
"""

from __future__ import annotations

from typing import Any

# Signs nothing: the records floor has no sessions and no cookies.
SECRET_KEY = "records-sign-nothing"  # noqa: S105 - not a secret
INSTALLED_APPS = ["habeas.records"]
DATABASES: dict[str, dict[str, Any]] = {}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
TIME_ZONE = "UTC"
