"""`flask openapi`: the API document, for the committed snapshot and for whoever generates a client."""

from __future__ import annotations

import sys

import click
from flask.cli import with_appcontext

from mobile_api.app import create_app
from mobile_api.services import services


@click.command("openapi")
@with_appcontext
def openapi() -> None:
    """Write the OpenAPI document to standard output."""
    # No Valkey runs while the document is made, and none is needed.
    answer = create_app(services()).test_client().get("/openapi.json")
    sys.stdout.buffer.write(answer.get_data())
