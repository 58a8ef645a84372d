"""Outlines as lists of points. A picture is 1000 units wide and high; y grows downwards."""

import math
from collections.abc import Sequence
from typing import TypeAlias

Point: TypeAlias = tuple[float, float]
Path: TypeAlias = list[Point]


def ellipse(x: float, y: float, rx: float, ry: float, *, start: float = 0, end: float = 360) -> Path:
    """The outline of an ellipse around (x, y), or its arc between two angles in degrees, clockwise from the right."""
    steps = max(16, int(abs(end - start) / 4))
    angles = (math.radians(start + (end - start) * step / steps) for step in range(steps + 1))
    return [(x + rx * math.cos(angle), y + ry * math.sin(angle)) for angle in angles]


def box(x: float, y: float, width: float, height: float, radius: float = 0) -> Path:
    """A rectangle from its left upper corner, its corners rounded by `radius`."""
    right, bottom = x + width, y + height
    if not radius:
        return [(x, y), (right, y), (right, bottom), (x, bottom)]
    return [
        *ellipse(x + radius, y + radius, radius, radius, start=180, end=270),
        *ellipse(right - radius, y + radius, radius, radius, start=270, end=360),
        *ellipse(right - radius, bottom - radius, radius, radius, start=0, end=90),
        *ellipse(x + radius, bottom - radius, radius, radius, start=90, end=180),
    ]


def smooth(points: Sequence[Point], *, closed: bool = True, steps: int = 10) -> Path:
    """A curve through `points`; a point given twice in a row is a corner.

    Source: uniform Catmull-Rom splines.
    """
    count = len(points)
    path: Path = []
    for index in range(count if closed else count - 1):
        near, far = points[index], points[(index + 1) % count]
        if near == far:
            continue
        before = points[(index - 1) % count] if closed or index else near
        after = points[(index + 2) % count] if closed or index + 2 < count else far
        for step in range(steps):
            path.append(_between(before, near, far, after, step / steps))
    return path if closed else [*path, points[-1]]


def lathe(profile: Sequence[Point], *, centre: float = 500) -> Path:
    """A turned body: `profile` gives (radius, y) from top to bottom and is mirrored at `centre`."""
    side = smooth(profile, closed=False)
    return [(centre + radius, y) for radius, y in side] + [(centre - radius, y) for radius, y in reversed(side)]


def mirror(points: Sequence[Point], *, centre: float = 500) -> Path:
    """A symmetrical outline: its right half from top to bottom, and the same on the left."""
    return [*points, *((2 * centre - x, y) for x, y in reversed(points))]


def turn(path: Sequence[Point], degrees: float, *, about: Point = (500, 500)) -> Path:
    """`path` turned clockwise about a point."""
    angle = math.radians(degrees)
    cos, sin = math.cos(angle), math.sin(angle)
    return [
        (about[0] + (x - about[0]) * cos - (y - about[1]) * sin, about[1] + (x - about[0]) * sin + (y - about[1]) * cos)
        for x, y in path
    ]


def move(path: Sequence[Point], dx: float, dy: float) -> Path:
    """`path` shifted."""
    return [(x + dx, y + dy) for x, y in path]


def _between(before: Point, near: Point, far: Point, after: Point, t: float) -> Point:
    x, y = (
        0.5 * (2 * q + (r - p) * t + (2 * p - 5 * q + 4 * r - s) * t * t + (3 * q - p - 3 * r + s) * t * t * t)
        for p, q, r, s in zip(before, near, far, after, strict=True)
    )
    return (x, y)
