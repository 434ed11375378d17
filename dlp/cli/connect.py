"""`dlp connect NAME`: attaches a messenger, a proxy or a bot: a connector, its key to sign with, a token to ask with."""

from __future__ import annotations

import argparse
import os
import sys
from datetime import timedelta
from getpass import getuser
from typing import TYPE_CHECKING

from dlp.settings import settings_from

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from dlp.services import Services

PLATFORMS = ("telegram", "whatsapp", "teams", "slack", "vkteams", "matrix", "mattermost", "mail", "other")


def main(arguments: list[str]) -> int:
    """Makes the connector and prints, once, what the other side must know."""
    told = _parser().parse_args(arguments)
    from dlp.wiring import services_from

    services = services_from(settings_from(os.environ))
    try:
        for line in _connected(services, told):
            print(line)
    finally:
        services.close()
    return 0


def _connected(services: Services, told: argparse.Namespace) -> list[str]:
    from dlp.store import connectors
    from dlp.store.access import tokens
    from dlp.store.access.tokens import NewToken
    from dlp.store.actor import Actor
    from dlp.store.connector_secrets import ConnectorSecrets
    from dlp.store.connectors import Connector

    actor, now = Actor(getuser(), "cli"), services.clock.now()
    wanted = Connector(told.name, told.platform, zone=told.zone, mode=told.mode, fail=told.fail)
    access = NewToken(f"{told.name} (dlp connect)", ("hook",), now + timedelta(days=told.days), connector=told.name)
    secrets = ConnectorSecrets(services.keys)

    def made(connection: Connection) -> tuple[str, str, str]:
        connectors.create(connection, actor, wanted, now)
        key = secrets.rotate(connection, actor, told.name, timedelta(0), now)
        _, token = tokens.create(connection, actor, access, now)
        return key.id, key.secret, token

    key_id, secret, token = services.database.write(made)
    address = services.settings.address
    return [
        f"connector  {told.name} ({told.platform}, {told.mode}, fails {told.fail})",
        f"events to  {address}/api/v1/hooks/{told.name}",
        f"key        {key_id} {secret}",
        f"questions  {address}/api/v1/verdict",
        f"token      {token} (until {access.expires_at:%Y-%m-%d})",
        "The key and the token are told this once; README shows how to sign and how to ask.",
    ]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="dlp connect", description=sys.modules[__name__].__doc__)
    parser.add_argument("name", metavar="NAME", help="the connector's name: letters, digits and dashes")
    parser.add_argument("--platform", choices=PLATFORMS, default="other", help="the messenger behind it (%(default)s)")
    parser.add_argument(
        "--zone", choices=("onprem", "domestic", "foreign"), help="where its servers stand, if not where the messenger's do"
    )
    parser.add_argument("--mode", choices=("observe", "enforce"), default="enforce", help="only report, or act (%(default)s)")
    parser.add_argument("--fail", choices=("open", "closed"), default="open", help="the answer when time is up (%(default)s)")
    parser.add_argument("--days", type=int, default=365, help="how long the token is good (%(default)s)")
    return parser
