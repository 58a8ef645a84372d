"""Building a stage's root: Debian's own base, and the stage's instructions carried out inside it in turn."""

import os
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from fnmatch import fnmatch
from pathlib import Path

from tests.image.dockerfile import Instruction, Stage, filled_in

TOP = Path(__file__).resolve().parents[2]
# Whom this machine trusts: a company's proxy, say.
TRUSTED = "/etc/ssl/certs/ca-certificates.crt"
# What `python:3.11-slim-bookworm` has of the same release of Debian, with its Python instead of one built anew.
PACKAGES = "python3,python3-venv,python-is-python3,ca-certificates"

# Where an engine looks for programs.
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


def can_build() -> bool:
    """Whether this machine can make a root and run in it."""
    return os.getuid() == 0 and shutil.which("debootstrap") is not None


@dataclass
class Image:
    """A root that is being built or was: where its processes begin, as whom, with what."""

    root: Path
    folder: str = "/"
    user: str = "root"
    environment: dict[str, str] = field(default_factory=dict)
    command: list[str] = field(default_factory=list)
    stop_signal: str = "SIGTERM"

    def start(self, words: list[str], **environment: str) -> subprocess.Popen[str]:
        """A process inside, which has nothing of ours but the network. Whoever calls waits for it."""
        # An engine gives a process these two file systems. They leave with it, and nobody outside sees them.
        script = (
            'mount -t proc proc "$ROOT/proc" && mount -t tmpfs tmpfs "$ROOT/dev/shm" && '
            'exec chroot --userspec="$AS" "$ROOT" env -i "$@"'
        )
        variables = {"PATH": PATH, "HOME": "/", **self.environment, **environment}
        inside = ["sh", "-c", f'cd {shlex.quote(self.folder)} && exec "$@"', "sh", *words]
        return subprocess.Popen(
            ["unshare", "--mount", "sh", "-c", script, "sh", *(f"{name}={value}" for name, value in variables.items()),
             *inside],
            env={"PATH": os.environ["PATH"], "ROOT": str(self.root), "AS": self.user},
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True,
        )  # fmt: skip

    def run(self, words: list[str], **environment: str) -> str:
        """What the process says. Errors: RuntimeError when it fails."""
        process = self.start(words, **environment)
        told, _ = process.communicate()
        if process.returncode:
            raise RuntimeError(f"{shlex.join(words)} ended with {process.returncode}: {told[-3000:]}")
        return told


def base(folder: Path) -> Path:
    """A root of Debian alone. Errors: CalledProcessError."""
    subprocess.run(
        ["debootstrap", "--variant=minbase", f"--include={PACKAGES}", "bookworm", str(folder)],
        check=True, stdout=subprocess.DEVNULL,
    )  # fmt: skip
    (folder / "dev" / "shm").mkdir(exist_ok=True)
    for path in (TRUSTED, "/etc/resolv.conf", "/etc/hosts"):
        shutil.copy(path, folder / path[1:])
    return folder


def _way_out() -> dict[str, str]:
    """How this machine reaches a package index; an engine hands its own settings to what it builds in the same way."""
    proxies = {name: value for name, value in os.environ.items() if name.lower().endswith("_proxy")}
    return {"PIP_CERT": TRUSTED, **proxies}


def build(stage: Stage, root: Path, done: dict[str, Image]) -> Image:
    """Carry out the stage's instructions in `root`; `done` are those before it. Errors: RuntimeError, ValueError."""
    image = Image(root)
    for instruction in stage.instructions:
        _carry_out(instruction, image, done)
    return image


def _carry_out(instruction: Instruction, image: Image, done: dict[str, Image]) -> None:
    match instruction.verb:
        case "ENV" | "ARG":
            for setting in shlex.split(instruction.text):
                name, value = setting.split("=", 1)
                image.environment[name] = filled_in(value, {"PATH": PATH} | image.environment)
        case "WORKDIR":
            image.folder = instruction.text
            (image.root / image.folder.lstrip("/")).mkdir(parents=True, exist_ok=True)
        case "COPY":
            _copy(filled_in(instruction.text, image.environment).split(), image, done)
        case "RUN":
            image.run(["sh", "-c", instruction.text], **_way_out())
        case "USER":
            image.user = instruction.text
        case "CMD":
            image.command = instruction.words
        case "STOPSIGNAL":
            image.stop_signal = instruction.text
        case "VOLUME" | "EXPOSE":
            pass  # what an engine may map; inside nothing changes
        case _:
            raise ValueError(instruction)


def _copy(words: list[str], image: Image, done: dict[str, Image]) -> None:
    *options, source, target = words
    place = image.root / image.folder.lstrip("/") / target if target[0] != "/" else image.root / target[1:]
    if options:
        stage = options[0].removeprefix("--from=")
        shutil.copytree(done[stage].root / source[1:], place, symlinks=True, dirs_exist_ok=True)
        return
    for path in _context(source):
        there = place / path.relative_to(source) if (TOP / source).is_dir() else place / path.name
        there.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(TOP / path, there)


def _context(source: str) -> Iterator[Path]:
    """What a clean checkout sends to an engine of `source`: what is kept, without what `.dockerignore` names."""
    ignored = [line.rstrip("/") for line in (TOP / ".dockerignore").read_text().splitlines() if line]
    listed = subprocess.run(["git", "ls-files", "-z", source], cwd=TOP, check=True, capture_output=True, text=True)
    for name in filter(None, listed.stdout.split("\0")):
        if not any(_is_ignored(Path(name), pattern) for pattern in ignored):
            yield Path(name)


def _is_ignored(path: Path, pattern: str) -> bool:
    """Itself or a folder that it lies in; from the top on, unless the pattern begins with two stars."""
    if pattern.startswith("**/"):
        return any(fnmatch(part, pattern[3:]) for part in path.parts)
    return any(fnmatch(str(each), pattern) for each in (path, *path.parents))
