"""YAML that remembers its lines, so that every fault can be told as file:line."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from dlp.errors import Fault, FileFaults

if TYPE_CHECKING:
    import yaml

Place = tuple[str | int, ...]
_MOST_REPEATED: Final = 10_000  # nodes read again through aliases: nine lines of them can stand for a thousand million


class LinedYaml(NamedTuple):
    """Plain values and, for each place in them (`("rules", 0, "when")`), the line it stands on, from 1."""

    content: Any
    lines: dict[Place, int]

    def line(self, place: Place) -> int:
        """The line of a place, or of the nearest place around it that is in the file."""
        while place and place not in self.lines:
            place = place[:-1]
        return self.lines.get(place, 1)


def read_yaml(path: Path) -> LinedYaml:
    """Reads one YAML document. Raises FileFaults for an unreadable file, bad syntax, duplicate or non-text keys."""
    import yaml  # paid for only where a file is compiled, never on a warm scan

    try:
        text = path.read_text(encoding="utf-8")
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except OSError as error:
        raise FileFaults((Fault(str(path), 0, f"cannot be read: {error.strerror}"),)) from None
    except UnicodeDecodeError as error:
        raise FileFaults((Fault(str(path), 0, f"is not UTF-8 at byte {error.start}"),)) from None
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        raise FileFaults((Fault(str(path), line, f"is not YAML: {error.problem}"),)) from None
    except yaml.YAMLError as error:
        raise FileFaults((Fault(str(path), 0, f"is not YAML: {error}"),)) from None
    reader = _Reader(str(path))
    content = reader.plain(root, ()) if root is not None else None
    if reader.faults:
        raise FileFaults(tuple(reader.faults))
    return LinedYaml(content, reader.lines)


class _Reader:
    def __init__(self, file: str) -> None:
        import yaml

        self.file = file
        self.lines: dict[Place, int] = {}
        self.faults: list[Fault] = []
        self._scalars = yaml.constructor.SafeConstructor()
        self._open: set[int] = set()
        self._read: set[int] = set()
        self._repeated = 0

    def plain(self, node: yaml.Node, place: Place) -> Any:
        import yaml

        self.lines.setdefault(place, node.start_mark.line + 1)
        if id(node) in self._open:
            self.faults.append(Fault(self.file, node.start_mark.line + 1, "an alias stands inside what it names"))
            return None
        if self._is_too_often(node):
            return None
        if not isinstance(node, yaml.ScalarNode):
            self._open.add(id(node))
            plain = self._mapping(node, place) if isinstance(node, yaml.MappingNode) else self._sequence(node, place)
            self._open.discard(id(node))
            return plain
        try:
            return self._scalars.construct_object(node)
        except (ValueError, yaml.YAMLError):
            self.faults.append(Fault(self.file, node.start_mark.line + 1, "is not a value YAML knows"))
            return None

    def _is_too_often(self, node: yaml.Node) -> bool:
        """Whether aliases have brought more than any file needs; told once."""
        if id(node) not in self._read:
            self._read.add(id(node))
            return False
        self._repeated += 1
        if self._repeated == _MOST_REPEATED:
            self.faults.append(Fault(self.file, node.start_mark.line + 1, "aliases repeat too much"))
        return self._repeated >= _MOST_REPEATED

    def _sequence(self, node: yaml.Node, place: Place) -> list[Any]:
        return [self.plain(item, (*place, index)) for index, item in enumerate(node.value)]

    def _mapping(self, node: yaml.MappingNode, place: Place) -> dict[str, Any]:
        plain: dict[str, Any] = {}
        for key_node, value_node in node.value:
            line = key_node.start_mark.line + 1
            key = key_node.value
            if not isinstance(key, str) or key_node.tag not in {"tag:yaml.org,2002:str", "tag:yaml.org,2002:int"}:
                self.faults.append(Fault(self.file, line, "a key must be text"))
            elif key in plain:
                self.faults.append(Fault(self.file, line, f'the key "{key}" stands twice'))
            else:
                self.lines[(*place, key)] = line
                plain[key] = self.plain(value_node, (*place, key))
        return plain
