"""Things turned on a wheel, and what stands in them."""

from tenant_shop.demo.pictures.canvas import Canvas, Gradient, darker, lighter, lit, mix, rounded
from tenant_shop.demo.pictures.shapes import Path, box, ellipse, lathe, move, smooth

CLAY = "#c9b59b"
LEAF = "#5d7f5a"


def mug(c: Canvas, colour: str, accent: str) -> None:
    c.shadow(490, 812, 210, 32)
    handle = smooth([(650, 500), (756, 500), (790, 580), (756, 670), (650, 700)], closed=False)
    c.stroke(handle, 46, darker(colour, 0.3))
    c.stroke(move(handle, -5, -5), 34, lit(colour))
    body = lathe([(182, 420), (190, 500), (190, 640), (176, 752), (148, 806), (0, 814)], centre=480)
    c.fill(body, rounded(colour))
    _dip(c, body, accent, level=640, centre=480)
    _mouth(c, 480, 420, 182, 40, colour, inside="#5b4337")
    _speckle(c, body, darker(colour, 0.5), seed=3)


def enamel_mug(c: Canvas, colour: str, accent: str) -> None:
    c.shadow(490, 812, 220, 32)
    handle = smooth([(660, 480), (780, 488), (800, 590), (760, 676), (664, 690)], closed=False)
    c.stroke(handle, 38, darker(colour, 0.34))
    c.stroke(move(handle, -4, -4), 27, lit(colour))
    body = lathe([(196, 410), (194, 560), (190, 760), (176, 806), (0, 814)], centre=480)
    c.fill(body, rounded(colour))
    ridge = smooth([(350, 740), (430, 600), (430, 600), (476, 664), (540, 560), (540, 560), (640, 740), (640, 740)])
    c.fill(ridge, lit(accent), clip=body)
    c.fill(ellipse(420, 540, 26, 26), lighter(accent, 0.25), clip=body)
    _mouth(c, 480, 410, 196, 42, colour, inside="#4a3a33", rim="#2d3340")
    _speckle(c, body, "#ffffff", seed=8)


def cup(c: Canvas, colour: str, accent: str) -> None:
    c.shadow(500, 812, 180, 30)
    body = lathe([(160, 372), (168, 480), (160, 660), (128, 780), (92, 804), (92, 804), (88, 814), (0, 818)])
    c.fill(body, rounded(colour))
    _dip(c, body, accent, level=560)
    _mouth(c, 500, 372, 160, 36, colour, inside="#7d9a55")
    _speckle(c, body, darker(colour, 0.5), seed=5)


def bowl(c: Canvas, colour: str, accent: str) -> None:
    c.shadow(500, 806, 230, 34)
    under = lathe([(286, 560), (270, 640), (190, 748), (112, 786), (112, 786), (108, 806), (0, 812)])
    c.fill(under, rounded(darker(accent, 0.12)))
    body = lathe([(312, 450), (300, 540), (226, 660), (116, 716), (0, 724)])
    c.fill(move(body, 0, 14), "#1c1a26", opacity=0.3, clip=under, blur=12)
    c.fill(body, rounded(colour))
    _dip(c, body, accent, level=600)
    _speckle(c, body, darker(colour, 0.5), seed=11)
    _mouth(c, 500, 450, 312, 74, colour, inside=darker(mix(colour, accent, 0.4), 0.12))


def plate(c: Canvas, colour: str, accent: str) -> None:
    c.shadow(500, 800, 340, 48)
    c.fill(ellipse(500, 668, 372, 150), rounded(darker(colour, 0.28)))
    c.fill(ellipse(500, 648, 376, 150), rounded(colour, 0.7))
    c.stroke(ellipse(500, 648, 362, 141), 12, accent, opacity=0.8, closed=True)
    c.fill(ellipse(500, 656, 262, 98), rounded(darker(colour, 0.1), 0.8))
    c.fill(ellipse(500, 662, 252, 92), rounded(lighter(colour, 0.06), 0.6))
    c.stroke(smooth([(400, 690), (450, 640), (520, 690), (600, 630)], closed=False), 17, accent, opacity=0.75)
    for x, y in ((610, 690), (640, 670), (582, 706)):
        c.fill(ellipse(x, y, 13, 8), accent, opacity=0.8)


def vase(c: Canvas, colour: str, accent: str) -> None:
    _branch(c, [(500, 380), (490, 250), (540, 120), (520, 40)], accent)
    _branch(c, [(500, 380), (540, 280), (640, 200), (690, 130)], accent)
    _branch(c, [(500, 380), (450, 300), (370, 240), (330, 160)], accent)
    c.shadow(500, 822, 180, 30)
    body = lathe([(70, 372), (62, 430), (96, 500), (192, 600), (196, 700), (132, 800), (0, 824)])
    c.fill(body, rounded(colour))
    _dip(c, body, mix(colour, accent, 0.45), level=640)
    _mouth(c, 500, 372, 70, 17, colour, inside="#3b2f2c")
    _speckle(c, body, darker(colour, 0.5), seed=2)


def bud_vase(c: Canvas, colour: str, accent: str) -> None:
    _branch(c, [(440, 430), (450, 300), (410, 180), (430, 90)], accent)
    c.shadow(510, 820, 240, 30)
    tall = lathe([(34, 420), (34, 560), (52, 620), (112, 700), (110, 790), (0, 820)], centre=440)
    c.fill(tall, rounded(colour))
    _mouth(c, 440, 420, 34, 9, colour, inside="#3b2f2c")
    small = lathe([(40, 610), (40, 640), (92, 710), (96, 770), (60, 818), (0, 824)], centre=640)
    c.fill(small, rounded(mix(accent, CLAY, 0.35)))
    _mouth(c, 640, 610, 40, 11, mix(accent, CLAY, 0.35), inside="#3b2f2c")
    _speckle(c, tall, darker(colour, 0.5), seed=4)


def teapot(c: Canvas, colour: str, accent: str) -> None:
    c.shadow(500, 812, 260, 34)
    spout = smooth([(690, 640), (770, 560), (806, 450), (806, 450), (850, 440), (850, 440), (832, 600), (740, 720)])
    c.fill(spout, lit(darker(colour, 0.12)))
    grip = smooth([(330, 470), (340, 230), (500, 160), (660, 230), (670, 470)], closed=False)
    c.stroke(grip, 26, darker("#a9794a", 0.25))
    c.stroke(move(grip, -3, -4), 17, lit("#c99a66"))
    body = lathe([(120, 452), (214, 500), (254, 610), (226, 730), (150, 806), (0, 814)])
    c.fill(body, rounded(colour))
    _dip(c, body, accent, level=660)
    c.fill(lathe([(36, 418), (110, 436), (150, 468), (120, 486), (0, 492)]), rounded(lighter(colour, 0.06)))
    c.fill(ellipse(500, 404, 34, 30), rounded(accent))
    for x in (334, 666):
        c.fill(ellipse(x, 486, 24, 20), rounded(colour))
    _speckle(c, body, darker(colour, 0.5), seed=6)


def sake_set(c: Canvas, colour: str, accent: str) -> None:
    c.shadow(440, 818, 190, 30)
    flask = lathe([(62, 262), (44, 320), (52, 390), (140, 500), (160, 640), (136, 790), (0, 818)], centre=420)
    c.fill(flask, rounded(colour))
    _dip(c, flask, accent, level=610, centre=420)
    _mouth(c, 420, 262, 62, 16, colour, inside="#3b2f2c")
    for x, y in ((690, 826), (600, 846)):
        c.shadow(x, y - 4, 88, 18)
        small = lathe([(80, y - 116), (78, y - 60), (48, y - 8), (0, y)], centre=x)
        c.fill(small, rounded(mix(colour, accent, 0.2)))
        _mouth(c, x, y - 116, 80, 20, mix(colour, accent, 0.2), inside="#d9e0dc")
    _speckle(c, flask, darker(colour, 0.5), seed=9)


def planter(c: Canvas, colour: str, accent: str) -> None:
    for lean, reach in ((-190, 300), (-105, 400), (0, 440), (110, 390), (200, 290)):
        leaf = smooth([(500, 560), (500, 560), (500 + lean * 0.3 - 46, 560 - reach * 0.5), (500 + lean, 560 - reach),
                       (500 + lean, 560 - reach), (500 + lean * 0.5 + 50, 560 - reach * 0.45)])  # fmt: skip
        c.fill(leaf, Gradient(((0.0, lighter(LEAF, 0.22)), (1.0, darker(LEAF, 0.2))), vertical=True))
        c.stroke([(500, 560), (500 + lean * 0.9, 560 - reach * 0.86)], 5, lighter(LEAF, 0.4), opacity=0.6)
    c.shadow(500, 824, 210, 32)
    c.fill(ellipse(500, 806, 232, 30), rounded(darker(accent, 0.1)))
    body = lathe([(206, 540), (206, 540), (200, 640), (172, 780), (150, 806), (0, 812)])
    c.fill(body, rounded(colour))
    _dip(c, body, accent, level=690)
    _mouth(c, 500, 540, 206, 38, colour, inside="#4a382e")
    _speckle(c, body, darker(colour, 0.5), seed=13)


def candle(c: Canvas, colour: str, accent: str) -> None:
    c.shadow(500, 812, 200, 30)
    c.fill(ellipse(500, 430, 260, 260), "#ffdf9e", opacity=0.5, blur=110)
    body = lathe([(170, 548), (176, 640), (164, 760), (140, 806), (0, 814)])
    c.fill(body, rounded(colour))
    _dip(c, body, accent, level=690)
    _mouth(c, 500, 548, 170, 36, colour, inside="#f6ead2")
    c.stroke([(500, 548), (500, 500)], 8, "#4a3d38")
    c.fill(smooth([(500, 372), (536, 456), (520, 510), (480, 510), (464, 456)]), lit("#ffab4a"))
    c.fill(smooth([(500, 430), (517, 474), (508, 508), (492, 508), (483, 474)]), "#fff3cf")
    _speckle(c, body, darker(colour, 0.5), seed=7)


def incense(c: Canvas, colour: str, accent: str) -> None:
    c.shadow(500, 800, 320, 32)
    smoke = smooth([(640, 330), (610, 260), (660, 200), (620, 130), (650, 60)], closed=False)
    c.stroke(smoke, 15, "#ffffff", opacity=0.5)
    c.stroke([(380, 720), (640, 340)], 10, "#7a5b48")
    c.fill(ellipse(640, 340, 9, 9), "#ff8a4a")
    tray = lathe([(330, 700), (322, 750), (280, 786), (0, 794)])
    c.fill(tray, rounded(colour))
    c.fill(ellipse(500, 700, 330, 58), rounded(lighter(colour, 0.1)))
    c.fill(ellipse(500, 706, 300, 46), rounded(darker(mix(colour, accent, 0.3), 0.14), 0.7))
    c.fill(lathe([(20, 690), (44, 716), (40, 732), (0, 738)], centre=382), rounded(accent))


def _mouth(
    c: Canvas, x: float, y: float, rx: float, ry: float, colour: str, *, inside: str, rim: str | None = None
) -> None:
    """The open top of a vessel, seen a little from above."""
    c.fill(ellipse(x, y, rx, ry), rounded(rim or lighter(colour, 0.22)))
    c.fill(ellipse(x, y + ry * 0.05, rx * 0.93, ry * 0.84), rounded(darker(colour, 0.3)))
    surface = Gradient(((0.0, darker(inside, 0.2)), (1.0, lighter(inside, 0.12))))
    opening = ellipse(x, y + ry * 0.05, rx * 0.93, ry * 0.84)
    c.fill(ellipse(x, y + ry * 0.3, rx * 0.86, ry * 0.6), surface, clip=opening)


def _dip(c: Canvas, body: Path, accent: str, *, level: float, centre: float = 500) -> None:
    """A second glaze, into which the vessel was dipped up to `level`."""
    waves = ((-420, 10), (-120, 26), (60, 2), (420, 16))
    line = smooth([(centre + dx, level + dy) for dx, dy in waves], closed=False)
    c.fill([*line, (centre + 420, 900), (centre - 420, 900)], rounded(accent), clip=body)
    c.stroke(line, 5, lighter(accent, 0.4), opacity=0.6, clip=body)


def _speckle(c: Canvas, body: Path, colour: str, *, seed: int) -> None:
    """Grains of iron in the clay; always in the same places."""
    left, right = min(x for x, _ in body), max(x for x, _ in body)
    top, bottom = min(y for _, y in body), max(y for _, y in body)
    state = seed
    for _ in range(26):
        state = (state * 1103515245 + 12345) % 2**31
        x = left + (right - left) * (state % 997) / 997
        y = top + 30 + (bottom - top - 30) * (state // 997 % 991) / 991
        size = 2.2 + state % 3
        c.fill(ellipse(x, y, size, size * 0.8), colour, opacity=0.28, clip=body)


def _branch(c: Canvas, points: list[tuple[float, float]], accent: str) -> None:
    stem = smooth(points, closed=False)
    c.stroke(stem, 8, "#6b5646")
    for index in range(6, len(stem), 5):
        x, y = stem[index]
        side = 1 if index % 2 else -1
        leaf = smooth([(x, y), (x, y), (x + side * 40, y - 40), (x + side * 66, y - 38), (x + side * 66, y - 38),
                       (x + side * 44, y - 6)])  # fmt: skip
        c.fill(leaf, Gradient(((0.0, lighter(LEAF, 0.25)), (1.0, mix(LEAF, accent, 0.2)))))


def box_of(c: Canvas, colour: str, accent: str) -> None:
    """A wrapped present."""
    c.shadow(500, 814, 280, 34)
    body = box(250, 450, 500, 364, 10)
    c.fill(body, rounded(colour, 0.8))
    c.fill(box(450, 450, 100, 364), rounded(accent), clip=body)
    c.fill(box(226, 386, 548, 96, 12), rounded(lighter(colour, 0.08), 0.8))
    c.fill(box(450, 386, 100, 96), rounded(accent))
    for side in (-1, 1):
        c.fill(smooth([(500, 384), (500 + side * 80, 270), (500 + side * 180, 270), (500 + side * 150, 366)]),
               lit(lighter(accent, 0.12)))  # fmt: skip
        hollow = ((30, 366), (90, 310), (136, 308), (116, 354))
        c.fill(smooth([(500 + side * dx, y) for dx, y in hollow]), darker(accent, 0.3), opacity=0.6)
    c.fill(ellipse(500, 376, 42, 36), lit(accent))
