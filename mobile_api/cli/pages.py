"""`flask pages`: the pages of docs/ that are printed from the product's own tables."""

from __future__ import annotations

from pathlib import Path

import click
from flask.cli import with_appcontext

from mobile_api.app import create_app
from mobile_api.reference_pages import DOCS, reference_pages
from mobile_api.services import services


@click.command("pages")
@click.option("--check", is_flag=True, help="只比较，不写入；有不同时以 1 结束。")
@with_appcontext
def pages(*, check: bool) -> None:
    """Print the workflow table, the permissions and the indexes into docs/."""
    # No Valkey runs while the pages are made, and none is needed.
    printed = reference_pages(create_app(services()))
    changed = [name for name, text in printed.items() if _stored(DOCS / name) != text]
    if check and changed:
        raise click.ClickException(f"docs/ 中的页面已过时：{'、'.join(changed)}。请运行 make pages，并查看变化。")
    for name in changed:
        (DOCS / name).write_text(printed[name], encoding="utf-8")
        click.echo(f"docs/{name}")


def _stored(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.is_file() else None
