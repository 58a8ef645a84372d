"""What one wears."""

from tenant_shop.demo.pictures.canvas import Canvas, Gradient, darker, lighter, lit, rounded
from tenant_shop.demo.pictures.shapes import Path, box, ellipse, mirror, move, smooth, turn

INK = "#2b2a33"


def jacket(c: Canvas, colour: str, accent: str) -> None:
    c.shadow(500, 842, 280, 22)
    for side in (-1, 1):
        sleeve = _sleeve(side)
        c.fill(sleeve, lit(darker(colour, 0.1)))
        c.stroke(smooth([(500 + side * 205, 420), (500 + side * 216, 560), (500 + side * 236, 740)], closed=False), 6,
                 darker(colour, 0.36), opacity=0.4, clip=sleeve)  # fmt: skip
    torso = mirror(smooth([(548, 232), (640, 262), (690, 330), (688, 520), (706, 800), (706, 800), (620, 822),
                           (500, 828)],
                          closed=False))  # fmt: skip
    c.fill(torso, rounded(colour, 0.8))
    yoke = mirror(smooth([(500, 210), (620, 240), (720, 320), (690, 420), (690, 420), (600, 400), (500, 396)],
                         closed=False))  # fmt: skip
    c.fill(yoke, lit(accent), clip=torso)
    c.fill(mirror(smooth([(500, 112), (590, 132), (640, 226), (604, 316), (500, 346)], closed=False)), lit(colour))
    c.fill(
        mirror(smooth([(500, 166), (566, 184), (588, 250), (548, 306), (500, 322)], closed=False)),
        lit(darker(colour, 0.5)),
    )
    c.stroke([(500, 320), (500, 824)], 13, darker(colour, 0.42))
    c.stroke([(500, 330), (500, 820)], 4, lighter(accent, 0.3))
    c.fill(box(490, 330, 20, 44, 8), lit(accent))
    for side in (-1, 1):
        c.stroke([(500 + side * 150, 560), (500 + side * 112, 690)], 10, darker(colour, 0.4), opacity=0.75)
        c.stroke([(500 + side * 190, 770), (500 + side * 20, 782)], 6, darker(colour, 0.4), opacity=0.4)


def fleece(c: Canvas, colour: str, accent: str) -> None:
    c.shadow(500, 842, 270, 22)
    for side in (-1, 1):
        c.fill(_sleeve(side), lit(darker(colour, 0.08)))
        c.fill(turn(box(500 + side * 262 - 42, 752, 84, 46, 18), -side * 8, about=(500 + side * 262, 775)), lit(accent))
    torso = mirror(smooth([(556, 236), (650, 268), (694, 330), (686, 520), (692, 790), (692, 790), (500, 800)],
                          closed=False))  # fmt: skip
    c.fill(torso, rounded(colour, 0.7))
    c.fill(box(300, 782, 400, 44, 20), lit(accent))
    collar = mirror(smooth([(500, 172), (568, 182), (590, 236), (580, 300), (500, 318)], closed=False))
    c.fill(collar, lit(lighter(colour, 0.08)))
    c.fill(mirror(smooth([(500, 188), (548, 196), (560, 222), (500, 238)], closed=False)), darker(colour, 0.46))
    c.stroke([(500, 250), (500, 470)], 12, lit(accent))
    c.fill(box(490, 452, 20, 44, 8), darker(accent, 0.3))
    pocket = box(552, 420, 112, 122, 18)
    c.fill(move(pocket, 3, 6), darker(colour, 0.6), opacity=0.25, blur=6)
    c.fill(pocket, lit(accent))
    c.stroke([(556, 452), (660, 452)], 5, darker(accent, 0.4), opacity=0.7)


def shirt(c: Canvas, colour: str, accent: str) -> None:
    c.shadow(500, 842, 250, 22)
    for side in (-1, 1):
        sleeve = smooth([(500 + side * 150, 232), (500 + side * 232, 272), (500 + side * 330, 440),
                         (500 + side * 330, 440), (500 + side * 232, 500),
                         (500 + side * 232, 500), (500 + side * 170, 380)])  # fmt: skip
        c.fill(sleeve, lit(darker(colour, 0.1)))
        c.stroke([(500 + side * 318, 430), (500 + side * 226, 484)], 8, accent, opacity=0.9)
    torso = mirror(smooth([(560, 206), (660, 238), (690, 320), (680, 560), (690, 812), (690, 812), (500, 826)],
                          closed=False))  # fmt: skip
    c.fill(torso, rounded(colour, 0.7))
    c.fill(ellipse(500, 210, 82, 62), darker(colour, 0.45))
    c.stroke(ellipse(500, 208, 84, 66, start=0, end=180), 16, lit(lighter(colour, 0.1)))
    c.fill(smooth([(430, 520), (500, 420), (500, 420), (570, 520), (570, 520)]), lit(accent))
    c.fill(smooth([(480, 520), (545, 450), (545, 450), (610, 520), (610, 520)]), lit(darker(accent, 0.15)))
    c.fill(ellipse(552, 424, 15, 15), lit(accent))


def trousers(c: Canvas, colour: str, accent: str) -> None:
    c.shadow(500, 856, 220, 20)
    outline = mirror(smooth([(500, 160), (640, 160), (640, 160), (662, 300), (672, 560), (660, 848), (660, 848),
                             (548, 848), (548, 848), (530, 600), (502, 420), (502, 420)], closed=False))  # fmt: skip
    c.fill(outline, rounded(colour, 0.8))
    c.fill(box(358, 154, 284, 52, 10), lit(darker(colour, 0.22)))
    c.fill(box(470, 160, 60, 40, 8), lit(accent))
    for side in (-1, 1):
        c.stroke(smooth([(500 + side * 70, 212), (500 + side * 96, 280), (500 + side * 152, 300)], closed=False), 8,
                 darker(colour, 0.4), opacity=0.7)  # fmt: skip
        pocket = box(500 + side * 112 - 48, 420, 96, 128, 12)
        c.fill(pocket, lit(lighter(colour, 0.08)))
        c.stroke([(500 + side * 112 - 46, 448), (500 + side * 112 + 46, 448)], 6, accent)
        c.stroke([(500 + side * 80, 620), (500 + side * 140, 636)], 6, darker(colour, 0.4), opacity=0.5)


def boot(c: Canvas, colour: str, accent: str) -> None:
    c.shadow(510, 826, 320, 30)
    sole = smooth([(232, 742), (232, 742), (500, 756), (780, 748), (838, 762), (830, 812), (790, 824), (500, 820),
                   (450, 806), (420, 824), (250, 824), (226, 800)])  # fmt: skip
    upper = smooth([(268, 250), (268, 250), (470, 238), (470, 238), (492, 430), (560, 540), (700, 596), (812, 650),
                    (836, 760), (836, 760), (236, 760), (236, 760), (252, 560)])  # fmt: skip
    c.fill(upper, Gradient(((0.0, darker(colour, 0.12)), (0.35, lighter(colour, 0.16)), (1.0, darker(colour, 0.16)))))
    toe = smooth([(668, 590), (812, 640), (850, 764), (850, 764), (650, 764), (650, 764), (630, 670)])
    c.fill(toe, lit(darker(colour, 0.28)), clip=upper)
    heel = smooth([(220, 560), (220, 560), (330, 590), (350, 770), (350, 770), (220, 770), (220, 770)])
    c.fill(heel, lit(darker(colour, 0.24)), clip=upper)
    seam = smooth([(250, 520), (400, 590), (520, 690), (660, 740)], closed=False)
    c.stroke(seam, 8, darker(colour, 0.4), opacity=0.4, clip=upper)
    tongue = smooth([(430, 210), (500, 214), (520, 300), (512, 430), (560, 520), (520, 540), (462, 440), (450, 300)])
    c.fill(tongue, lit(darker(colour, 0.36)))
    for step in range(6):
        x, y = 466 + step * step * 3.4, 296 + step * 47
        c.stroke([(x - 44, y + 14), (x + 40, y - 8)], 13, accent)
        c.fill(ellipse(x - 46, y + 15, 9, 9), INK)
    c.stroke(smooth([(262, 244), (366, 262), (474, 236)], closed=False), 34, lit(darker(colour, 0.3)))
    c.fill(sole, lit("#3a3840"))
    c.stroke(smooth([(238, 752), (500, 766), (834, 760)], closed=False), 11, accent)
    for x in range(262, 800, 62):
        c.fill(box(x, 806, 38, 24, 6), INK)


def beanie(c: Canvas, colour: str, accent: str) -> None:
    c.shadow(500, 806, 270, 30)
    dome = mirror(smooth([(500, 262), (640, 300), (738, 440), (758, 640), (758, 640), (500, 650)], closed=False))
    c.fill(dome, rounded(colour))
    for x in range(-260, 261, 40):
        rib = smooth([(500 + x * 0.25, 268), (500 + x * 0.8, 420), (500 + x, 650)], closed=False)
        c.stroke(rib, 7, darker(colour, 0.3), opacity=0.3, clip=dome)
    c.fill(box(200, 468, 600, 46), rounded(accent), clip=dome)
    cuff = smooth([(230, 630), (500, 606), (770, 630), (786, 700), (770, 780), (500, 800), (230, 780), (214, 700)])
    c.fill(cuff, rounded(darker(colour, 0.1)))
    for x in range(250, 770, 34):
        c.stroke([(x, 632), (x, 782)], 9, darker(colour, 0.4), opacity=0.3, clip=cuff)
    c.fill(ellipse(500, 226, 84, 80), rounded(accent))
    for step in range(40):
        reach = 128 + step % 3 * 9
        c.stroke(turn([(500, 190), (500, reach)], step * 9, about=(500, 226)), 9,
                 lighter(accent, 0.16) if step % 2 else darker(accent, 0.12))  # fmt: skip
    c.fill(box(586, 672, 92, 66, 8), lit("#f2e8d8"))
    c.fill(smooth([(606, 722), (632, 690), (632, 690), (658, 722), (658, 722)]), colour)


def socks(c: Canvas, colour: str, accent: str) -> None:
    c.shadow(520, 826, 300, 26)
    for dx, dy, tone in ((120, -24, darker(colour, 0.16)), (-60, 10, colour)):
        sock = move(smooth([(330, 190), (330, 190), (520, 190), (520, 190), (522, 420), (540, 560), (640, 640),
                            (740, 700), (740, 790), (640, 812), (470, 780), (350, 680),
                            (326, 540)]), dx, dy)  # fmt: skip
        c.fill(sock, rounded(tone, 0.8))
        c.fill(move(box(310, 186, 230, 76), dx, dy), lit(accent), clip=sock)
        for x in range(340, 530, 26):
            c.stroke(move([(x, 186), (x, 262)], dx, dy), 6, darker(accent, 0.4), opacity=0.35, clip=sock)
        c.fill(move(ellipse(362, 690, 92, 96), dx, dy), lit(accent), clip=sock)
        c.fill(move(ellipse(742, 742, 88, 92), dx, dy), lit(accent), clip=sock)
        for y in (330, 372):
            c.stroke(move([(310, y), (560, y)], dx, dy), 14, lighter(accent, 0.25), opacity=0.85, clip=sock)


def towel(c: Canvas, colour: str, accent: str) -> None:
    c.shadow(500, 814, 320, 34)
    for index, tone in enumerate((darker(colour, 0.18), accent, colour)):
        y = 664 - index * 132
        fold = box(214 + index * 12, y, 572 - index * 24, 146, 66)
        c.fill(move(fold, 4, 12), INK, opacity=0.25, blur=14)
        c.fill(fold, Gradient(rounded(tone, 0.8).stops, vertical=True))
        for stripe in (48, 74):
            c.stroke(
                [(240 + index * 12, y + stripe), (760 - index * 12, y + stripe)], 6, lighter(tone, 0.45), opacity=0.6
            )
    c.stroke(smooth([(620, 404), (612, 600), (620, 806)], closed=False), 26, "#8a5a3c")
    c.fill(box(590, 560, 60, 66, 10), lit("#d9b36c"))
    c.fill(box(604, 576, 32, 34, 5), "#8a5a3c")


def card(c: Canvas, colour: str, accent: str) -> None:
    c.shadow(510, 770, 350, 36)
    back = turn(box(200, 330, 600, 380, 34), -9, about=(500, 520))
    c.fill(back, lit(darker(colour, 0.2)))
    front = turn(box(190, 350, 620, 390, 34), 4, about=(500, 540))
    c.fill(front, Gradient(((0.0, lighter(colour, 0.2)), (1.0, darker(colour, 0.1)))))
    c.fill(turn(box(292, 340, 70, 420), 4, about=(500, 540)), lit(accent), clip=front)
    c.fill(turn(box(180, 530, 650, 62), 4, about=(500, 540)), lit(accent), clip=front)
    for side in (-1, 1):
        loop = smooth([(330, 548), (330 + side * 60, 470), (330 + side * 130, 480), (330 + side * 110, 560)])
        c.fill(loop, lit(lighter(accent, 0.16)))
        c.fill(smooth([(330, 556), (330 + side * 40, 630), (330 + side * 92, 650), (330 + side * 50, 580)]),
               lit(darker(accent, 0.1)))  # fmt: skip
    c.fill(ellipse(330, 554, 32, 30), lit(accent))
    for step, width in ((0, 210), (1, 150)):
        c.stroke(turn([(460, 430 + step * 40), (460 + width, 430 + step * 40)], 4, about=(500, 540)), 13, "#ffffff",
                 opacity=0.55)  # fmt: skip


def _sleeve(side: int) -> Path:
    return smooth([(500 + side * 150, 250), (500 + side * 224, 300), (500 + side * 282, 520), (500 + side * 310, 786),
                   (500 + side * 310, 786), (500 + side * 224, 798), (500 + side * 224, 798), (500 + side * 192, 560),
                   (500 + side * 176, 420)])  # fmt: skip
