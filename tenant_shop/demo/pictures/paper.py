"""What one writes on, and with."""

from tenant_shop.demo.pictures.canvas import Canvas, Gradient, darker, lighter, lit, mix, rounded
from tenant_shop.demo.pictures.shapes import box, ellipse, lathe, move, smooth, turn

INK = "#2b2a33"
PAGE = "#fbf6ea"
WOOD = "#d6b184"


def notebook(c: Canvas, colour: str, accent: str) -> None:
    c.shadow(510, 826, 260, 28)
    about = (500, 520)
    c.fill(turn(box(296, 216, 440, 600, 16), 5, about=about), darker(colour, 0.45))
    c.fill(turn(box(290, 214, 436, 592, 12), 5, about=about), lit(PAGE))
    for offset in (8, 16, 24):
        c.stroke(turn([(728 - offset * 0.3, 226), (728 - offset * 0.3, 800)], 5, about=about), 2, "#d9cfba")
    cover = turn(box(276, 206, 440, 598, 16), 5, about=about)
    c.fill(cover, Gradient(((0.0, darker(colour, 0.2)), (0.1, lighter(colour, 0.14)), (1.0, darker(colour, 0.06)))))
    c.stroke(turn([(322, 210), (322, 800)], 5, about=about), 5, darker(colour, 0.45), opacity=0.6)
    c.fill(turn(box(652, 200, 22, 612), 5, about=about), lit(accent))
    c.fill(turn(box(402, 330, 190, 128, 8), 5, about=about), lit(PAGE))
    for step, width in ((0, 120), (1, 80)):
        c.stroke(turn([(432, 372 + step * 40), (432 + width, 372 + step * 40)], 5, about=about), 8, darker(PAGE, 0.35))
    ribbon = turn([(380, 800), (380, 866), (396, 850), (412, 866), (412, 800)], 5, about=about)
    c.fill(ribbon, lit(accent))


def sketchbook(c: Canvas, colour: str, accent: str) -> None:
    c.shadow(500, 812, 330, 30)
    c.fill(box(196, 318, 620, 480, 14), darker(colour, 0.4))
    c.fill(box(190, 300, 620, 484, 12), lit(PAGE))
    c.fill(box(184, 290, 620, 480, 14), lit(colour))
    for x in range(222, 790, 44):
        c.fill(ellipse(x, 318, 8, 8), darker(colour, 0.6))
        c.stroke(smooth([(x, 318), (x - 13, 276), (x + 4, 262), (x + 10, 300)], closed=False), 7, lit("#8d929a"))
    c.fill(
        smooth([(300, 690), (400, 540), (400, 540), (470, 620), (560, 480), (560, 480), (690, 690), (690, 690)]),
        lit(accent),
    )
    c.fill(ellipse(420, 460, 40, 40), lighter(accent, 0.4))


def pen(c: Canvas, colour: str, accent: str) -> None:
    c.shadow(500, 808, 320, 22)
    lean, about = 52, (500, 560)
    for y, height, half, tone in (
        (120, 330, 42, colour),
        (446, 26, 45, accent),
        (468, 260, 40, colour),
        (724, 86, 31, darker(colour, 0.3)),
    ):
        c.fill(turn(box(500 - half, y, half * 2, height, min(half * 0.7, height / 2 - 1)), lean, about=about),
               lit(tone, 1.6))  # fmt: skip
    c.fill(turn(box(478, 140, 13, 310, 6), lean, about=about), "#ffffff", opacity=0.3)
    c.fill(turn(box(530, 150, 17, 236, 8), lean, about=about), lit(accent))
    c.fill(turn(ellipse(538, 388, 14, 14), lean, about=about), lit(accent))
    nib = turn([(472, 806), (528, 806), (520, 870), (500, 930), (480, 870)], lean, about=about)
    c.fill(nib, lit(mix(accent, "#e7cd8a", 0.5)))
    c.stroke(turn([(500, 850), (500, 926)], lean, about=about), 4, INK)
    c.fill(turn(ellipse(500, 848, 7, 7), lean, about=about), INK)


def pencils(c: Canvas, colour: str, accent: str) -> None:
    c.shadow(500, 826, 240, 24)
    tones = (colour, accent, mix(colour, accent, 0.5), lighter(colour, 0.35), darker(accent, 0.3))
    for index, tone in enumerate(tones):
        lean, x = (index - 2) * 7, 500 + (index - 2) * 66
        about = (x, 820.0)
        top = 250 + abs(index - 2) * 26
        c.fill(turn(box(x - 27, top, 54, 820 - top, 6), lean, about=about), rounded(tone))
        c.fill(
            turn([(x - 27, top + 2), (x + 27, top + 2), (x + 10, top - 74), (x - 10, top - 74)], lean, about=about),
            lit(WOOD),
        )
        c.fill(turn([(x - 10, top - 72), (x + 10, top - 72), (x, top - 104)], lean, about=about), darker(tone, 0.25))
        c.fill(turn(box(x - 27, 770, 54, 20), lean, about=about), lit("#e0c489"))
    band = smooth([(372, 640), (500, 656), (628, 640), (628, 700), (500, 716), (372, 700)])
    c.fill(band, rounded(PAGE, 0.5))
    c.fill(ellipse(500, 676, 22, 22), lit(accent))


def letters(c: Canvas, colour: str, accent: str) -> None:
    c.shadow(510, 800, 330, 30)
    sheet = turn(box(250, 236, 420, 500, 8), -8, about=(460, 480))
    c.fill(move(sheet, 8, 12), INK, opacity=0.2, blur=14)
    c.fill(sheet, lit(PAGE))
    for step in range(6):
        line = [(300, 320 + step * 52), (300 + (310 if step < 5 else 170), 320 + step * 52)]
        c.stroke(turn(line, -8, about=(460, 480)), 5, darker(PAGE, 0.24), opacity=0.8)
    about = (540, 620)
    envelope = turn(box(270, 440, 540, 350, 14), 5, about=about)
    c.fill(move(envelope, 6, 14), INK, opacity=0.25, blur=16)
    c.fill(envelope, lit(colour))
    c.fill(turn([(270, 786), (540, 590), (810, 786)], 5, about=about), darker(colour, 0.1), clip=envelope)
    flap = turn(smooth([(272, 446), (272, 446), (808, 446), (808, 446), (560, 646), (520, 646)]), 5, about=about)
    c.fill(move(flap, 0, 10), INK, opacity=0.22, blur=10, clip=envelope)
    c.fill(flap, lit(lighter(colour, 0.16)))
    c.fill(turn(ellipse(540, 630, 50, 48), 5, about=about), lit(accent))
    c.stroke(turn(ellipse(540, 630, 34, 32), 5, about=about), 6, darker(accent, 0.25), closed=True)


def tape(c: Canvas, colour: str, accent: str) -> None:
    c.shadow(500, 812, 330, 34)
    for x, y, size, tone, mark in (
        (640, 520, 150, accent, colour),
        (350, 560, 165, colour, accent),
        (560, 680, 150, mix(colour, accent, 0.5), PAGE),
    ):
        c.fill(ellipse(x + 26, y + 12, size, size), darker(tone, 0.42))
        c.fill(ellipse(x, y, size, size), lit(tone))
        for step in range(12):
            c.fill(turn(ellipse(x, y - size * 0.82, 14, 14), step * 30, about=(x, y)), mark, opacity=0.75)
        c.fill(ellipse(x, y, size * 0.62, size * 0.62), lit(WOOD))
        c.fill(ellipse(x + 8, y + 5, size * 0.5, size * 0.5), darker(WOOD, 0.45))
        c.fill(ellipse(x + 14, y + 9, size * 0.43, size * 0.43), lit(lighter(tone, 0.6)))


def ink(c: Canvas, colour: str, accent: str) -> None:
    c.shadow(500, 822, 210, 28)
    body = lathe([(86, 420), (90, 452), (196, 508), (212, 560), (212, 780), (194, 816), (0, 824)])
    c.fill(body, rounded(lighter(colour, 0.34), 0.8))
    c.fill(box(280, 560, 440, 280), rounded(darker(colour, 0.12)), clip=body, opacity=0.93)
    c.fill(ellipse(500, 560, 206, 18), lighter(colour, 0.2), clip=body)
    c.fill(box(372, 620, 256, 138, 8), rounded(PAGE, 0.35))
    c.fill(smooth([(500, 640), (528, 690), (500, 722), (472, 690)]), lit(colour))
    c.fill(smooth([(318, 570), (336, 566), (334, 780), (316, 786)]), "#ffffff", opacity=0.35, blur=6)
    c.fill(box(400, 310, 200, 116, 18), rounded(accent))
    for x in range(420, 600, 26):
        c.stroke([(x, 324), (x, 412)], 4, darker(accent, 0.5), opacity=0.35)
    c.fill(ellipse(500, 316, 96, 15), rounded(lighter(accent, 0.2)))


def desk_tray(c: Canvas, colour: str, accent: str) -> None:
    for x, top, lean, tone in (
        (440, 210, -8, accent),
        (500, 170, 2, darker(colour, 0.2)),
        (560, 226, 10, mix(accent, WOOD, 0.5)),
    ):
        about = (x, 640.0)
        c.fill(turn(box(x - 19, top, 38, 440, 4), lean, about=about), rounded(tone))
        c.fill(turn([(x - 19, top + 2), (x + 19, top + 2), (x, top - 66)], lean, about=about), lit(WOOD))
        c.fill(turn([(x - 7, top - 42), (x + 7, top - 42), (x, top - 66)], lean, about=about), INK)
    c.shadow(500, 818, 290, 30)
    c.fill(lathe([(124, 500), (124, 500), (120, 700), (114, 790), (0, 800)]), rounded(colour))
    c.stroke(ellipse(500, 500, 124, 22, start=0, end=180), 8, lighter(colour, 0.3))
    c.fill(box(196, 744, 608, 78, 20), rounded(WOOD, 0.8))
    c.fill(box(196, 744, 608, 16, 8), lighter(WOOD, 0.3), opacity=0.8)
    c.fill(lathe([(52, 716), (60, 736), (52, 752), (0, 754)], centre=700), rounded(accent))


def cards(c: Canvas, colour: str, accent: str) -> None:
    c.shadow(500, 812, 320, 28)
    for index, lean in enumerate((-14, 0, 13)):
        x, about = 290 + index * 62, (500, 900)
        tone = (lighter(colour, 0.4), lighter(accent, 0.45), PAGE)[index]
        face = turn(box(x, 290, 300, 440, 12), lean, about=about)
        c.fill(move(face, 6, 12), INK, opacity=0.22, blur=14)
        c.fill(face, lit(tone, 0.5))
        middle = x + 150
        if index == 0:
            for step in range(5):
                petal = turn(ellipse(middle, 440, 34, 56), step * 72, about=(middle, 500))
                c.fill(turn(petal, lean, about=about), lit(colour))
            c.fill(turn(ellipse(middle, 500, 26, 26), lean, about=about), lit(accent))
        elif index == 1:
            for step in range(4):
                bow = ellipse(middle, 640, 120 - step * 28, 190 - step * 44, start=180, end=360)
                c.stroke(turn(bow, lean, about=about), 14, accent, opacity=0.9)
        else:
            c.fill(turn(ellipse(middle, 440, 76, 76), lean, about=about), lit("#d8543c"))
            ridge = smooth(
                [(x + 20, 690), (x + 90, 560), (x + 150, 620), (x + 220, 520), (x + 284, 690), (x + 284, 690)]
            )
            c.fill(turn(ridge, lean, about=about), lit(colour))


def stamp(c: Canvas, colour: str, accent: str) -> None:
    c.shadow(500, 814, 300, 28)
    c.fill(box(470, 700, 330, 112, 14), lit(darker(accent, 0.35)))
    c.fill(box(482, 690, 306, 84, 12), lit(accent))
    c.fill(box(500, 700, 270, 58, 8), darker(accent, 0.3), opacity=0.7)
    for x, y, size, tone in ((360, 800, 110, WOOD), (600, 690, 96, lighter(WOOD, 0.2))):
        c.fill(box(x - size, y - 92, size * 2, 92, 10), rounded(tone))
        c.fill(box(x - size, y - 14, size * 2, 18, 6), rounded(colour))
        c.fill(
            lathe([(30, y - 290), (58, y - 262), (54, y - 210), (30, y - 160), (40, y - 92)], centre=x), rounded(tone)
        )
        c.stroke([(x - 30, y - 150), (x + 30, y - 150)], 8, colour)
    c.fill(ellipse(360, 752, 30, 24), lit(colour))


def pouch(c: Canvas, colour: str, accent: str) -> None:
    c.shadow(500, 806, 350, 30)
    for x, tone in ((330, accent), (400, WOOD), (472, lighter(accent, 0.4)), (545, darker(colour, 0.3)), (618, WOOD)):
        c.fill(box(x, 320, 40, 250, 5), rounded(tone))
        c.fill([(x, 322), (x + 40, 322), (x + 20, 258)], lit(WOOD))
    body = box(180, 440, 640, 356, 30)
    c.fill(body, Gradient(((0.0, darker(colour, 0.14)), (0.3, lighter(colour, 0.16)), (1.0, darker(colour, 0.2)))))
    for x in range(270, 800, 76):
        c.stroke([(x, 452), (x, 640)], 4, darker(colour, 0.4), opacity=0.5)
    c.fill(box(180, 600, 640, 196, 30), lit(darker(colour, 0.12)))
    c.stroke([(206, 622), (794, 622)], 4, lighter(colour, 0.5), opacity=0.7)
    c.stroke(smooth([(760, 440), (740, 620), (764, 796)], closed=False), 24, lit(accent))
    c.fill(ellipse(744, 640, 27, 27), lit("#e0c489"))


def calendar(c: Canvas, colour: str, accent: str) -> None:
    c.shadow(500, 818, 290, 28)
    c.fill([(700, 330), (770, 806), (640, 806)], lit(darker(WOOD, 0.3)))
    page = box(252, 300, 470, 500, 12)
    c.fill(move(page, 10, 10), INK, opacity=0.22, blur=14)
    c.fill(page, lit(PAGE, 0.5))
    c.fill(box(252, 300, 470, 200, 12), lit(colour))
    c.fill(ellipse(600, 390, 54, 54), lighter(accent, 0.2))
    c.fill(
        smooth([(252, 500), (252, 500), (330, 410), (410, 460), (500, 390), (722, 500), (722, 500)]),
        lit(darker(colour, 0.22)),
        clip=page,
    )
    for row in range(4):
        for column in range(7):
            marked = (row, column) == (1, 4)
            c.fill(ellipse(300 + column * 62, 556 + row * 60, 20 if marked else 12, 20 if marked else 12),
                   accent if marked else darker(PAGE, 0.22))  # fmt: skip
    c.fill(box(236, 780, 510, 40, 10), rounded(WOOD))
    for x in (380, 594):
        c.stroke(ellipse(x, 300, 15, 30), 8, "#8d929a", closed=True)
