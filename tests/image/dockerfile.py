"""Reading a Dockerfile: stages, and the instructions of each."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from string import Template


@dataclass(frozen=True, slots=True)
class Instruction:
    """`verb` in capitals, and what follows it, continued lines joined."""

    verb: str
    text: str

    @property
    def words(self) -> list[str]:
        """What the `exec` form lists. Errors: ValueError for the shell's form."""
        words: list[str] = json.loads(self.text)
        return words


@dataclass(frozen=True, slots=True)
class Stage:
    name: str
    base: str
    instructions: list[Instruction] = field(default_factory=list)


def stages_of(dockerfile: str) -> dict[str, Stage]:
    """The stages by name, in their order. Errors: ValueError for a stage without a name."""
    found: dict[str, Stage] = {}
    stage: Stage | None = None
    for verb, text in _instructions(dockerfile):
        if verb == "FROM":
            base, keyword, name = text.split()
            if keyword.upper() != "AS":
                raise ValueError(text)
            stage = found[name] = Stage(name, base)
        elif stage is not None:
            stage.instructions.append(Instruction(verb, text))
    return found


def filled_in(text: str, variables: dict[str, str]) -> str:
    """`$NAME` and `${NAME}` as an engine fills them in."""
    return Template(text).safe_substitute(variables)


def _instructions(dockerfile: str) -> Iterator[tuple[str, str]]:
    joined = ""
    for line in dockerfile.splitlines():
        if line.startswith("#") or not (joined or line.strip()):
            continue
        joined += line.removesuffix("\\").rstrip() + " "
        if not line.endswith("\\"):
            verb, text = joined.strip().split(maxsplit=1)
            yield verb.upper(), text
            joined = ""
