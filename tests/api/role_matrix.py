"""The role matrix as Markdown: `python -m tests.api.role_matrix`."""

from __future__ import annotations

from collections.abc import Iterator

from dlp.api.permissions import ROLES
from tests.api.role_table import TABLE


def matrix() -> Iterator[str]:
    """A row a route, a column a role; "people" where no program may ask."""
    yield "| route | needs | " + " | ".join(ROLES) + " |"
    yield "|" + "---|" * (len(ROLES) + 2)
    for route, line in TABLE.items():
        needs = "nothing" if line.public else (" or " if line.either else ", ").join(line.permissions) or "a login"
        marks = " | ".join("✓" if line.admits(ROLES[role], "user") else "" for role in ROLES)
        yield f"| `{route}` | {needs}{' (people)' if line.people else ''} | {marks} |"


if __name__ == "__main__":
    print("\n".join(matrix()))  # noqa: T201 - this is what it is for
