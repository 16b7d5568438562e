"""Pages out of templates: one way to load them, so that nothing in a page is trusted as markup.

On the lowest floor that writes a page; the floors above take it from here.
"""

from __future__ import annotations

from importlib.resources import files

from jinja2 import Environment, StrictUndefined, Template


def template(package: str, name: str) -> Template:
    """`<package>/templates/<name>`: every value is escaped, and one that lacks is an error."""
    source = files(package).joinpath("templates", name).read_text(encoding="utf-8")
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return environment.from_string(source)
