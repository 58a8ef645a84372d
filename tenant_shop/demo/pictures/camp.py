"""What one sleeps in, cooks with and carries."""

from tenant_shop.demo.pictures.canvas import Canvas, Gradient, darker, lighter, lit, mix, rounded
from tenant_shop.demo.pictures.shapes import box, ellipse, lathe, mirror, move, smooth, turn

INK = "#2b2a33"
STEEL = "#c4c9cf"
WEBBING = "#35343d"


def tent(c: Canvas, colour: str, accent: str) -> None:
    c.shadow(500, 800, 430, 34)
    for left, right in ((95, 300), (905, 700)):
        c.stroke([(left, 806), (right, 470)], 5, INK, opacity=0.55)
    body = smooth([(130, 800), (130, 800), (235, 560), (370, 365), (500, 300), (630, 365), (765, 560), (870, 800),
                   (870, 800)])  # fmt: skip
    c.fill(body, rounded(colour, 0.9))
    front = smooth([(500, 302), (500, 302), (610, 470), (700, 800), (700, 800), (300, 800), (300, 800), (390, 470)])
    c.fill(front, Gradient(((0.0, lighter(colour, 0.22)), (1.0, colour)), vertical=True), clip=body)
    door = smooth([(500, 420), (500, 420), (575, 590), (610, 800), (610, 800), (390, 800), (390, 800), (425, 590)])
    c.fill(door, Gradient(((0.0, "#3b2f3c"), (1.0, "#6d4a3c")), vertical=True))
    c.fill(ellipse(500, 800, 90, 120), "#ffc877", opacity=0.55, clip=door, blur=40)
    flap = smooth([(500, 420), (500, 420), (452, 560), (372, 800), (372, 800), (318, 800), (318, 800), (400, 540)])
    c.fill(flap, lit(mix(colour, accent, 0.75)))
    c.stroke(smooth([(500, 300), (395, 470), (300, 800)], closed=False), 7, darker(colour, 0.3), opacity=0.7)
    c.stroke(smooth([(500, 300), (605, 470), (700, 800)], closed=False), 7, darker(colour, 0.3), opacity=0.7)
    c.stroke(smooth([(232, 565), (500, 505), (768, 565)], closed=False), 6, accent, opacity=0.85, clip=body)
    c.fill(ellipse(500, 300, 15, 15), accent)


def sleeping_bag(c: Canvas, colour: str, accent: str) -> None:
    c.shadow(505, 812, 300, 40)
    shell = mirror(smooth([(500, 175), (620, 205), (668, 330), (688, 480), (640, 690), (590, 800), (500, 822)],
                          closed=False))  # fmt: skip
    c.fill(shell, rounded(colour))
    for step in range(7):
        y = 380 + step * 62
        c.stroke(smooth([(290, y - 12), (500, y + 22), (710, y - 12)], closed=False), 5, darker(colour, 0.3),
                 opacity=0.55, clip=shell)  # fmt: skip
        c.stroke(smooth([(290, y - 5), (500, y + 29), (710, y - 5)], closed=False), 4, lighter(colour, 0.4),
                 opacity=0.4, clip=shell)  # fmt: skip
    hood = ellipse(500, 292, 118, 104)
    c.fill(hood, darker(colour, 0.34))
    c.fill(ellipse(500, 300, 100, 86), lit(accent))
    c.fill(ellipse(500, 322, 82, 60), darker(accent, 0.22), opacity=0.7)
    c.stroke(smooth([(605, 350), (622, 480), (596, 650)], closed=False), 9, accent)
    c.fill(box(588, 470, 30, 46, 10), darker(accent, 0.3))


def backpack(c: Canvas, colour: str, accent: str) -> None:
    c.shadow(500, 815, 260, 34)
    roll = box(300, 742, 400, 92, 46)
    for side in (-1, 1):
        x = 500 + side * 236
        c.fill(box(x - 52, 500, 104, 220, 44), lit(darker(colour, 0.2)))
        c.stroke([(x - 46, 552), (x + 46, 552)], 8, WEBBING, opacity=0.8)
    body = smooth([(312, 300), (340, 248), (500, 232), (660, 248), (688, 300), (716, 540), (700, 752), (640, 778),
                   (360, 778), (300, 752), (284, 540)])  # fmt: skip
    c.fill(body, rounded(colour, 0.8))
    lid = smooth([(300, 262), (330, 196), (500, 172), (670, 196), (700, 262), (708, 352), (708, 352), (500, 378),
                  (292, 352), (292, 352)])  # fmt: skip
    c.fill(move(lid, 0, 16), darker(colour, 0.5), opacity=0.35, clip=body, blur=8)
    c.fill(lid, lit(mix(colour, darker(colour, 0.6), 0.18)))
    c.stroke(smooth([(456, 176), (470, 130), (530, 130), (544, 176)], closed=False), 15, WEBBING)
    pocket = smooth([(352, 500), (380, 476), (620, 476), (648, 500), (660, 690), (630, 722), (370, 722), (340, 690)])
    c.fill(move(pocket, 5, 9), darker(colour, 0.6), opacity=0.3, blur=8)
    c.fill(pocket, lit(lighter(colour, 0.1)))
    c.stroke(smooth([(366, 540), (500, 522), (634, 540)], closed=False), 8, accent)
    c.fill(box(618, 532, 14, 34, 6), accent)
    for x in (392, 608):
        c.stroke([(x, 300), (x, 470)], 20, WEBBING)
        c.fill(box(x - 20, 402, 40, 44, 8), lit(accent))
        c.fill(box(x - 11, 414, 22, 20, 4), darker(accent, 0.4))
    c.fill(roll, rounded(mix(accent, "#8a8f98", 0.25)))
    for x in (382, 618):
        c.stroke([(x, 738), (x, 836)], 17, WEBBING)


def dry_bag(c: Canvas, colour: str, accent: str) -> None:
    c.shadow(500, 818, 200, 30)
    body = lathe([(172, 330), (196, 380), (204, 560), (198, 770), (170, 812), (0, 818)])
    c.fill(body, rounded(colour))
    c.fill(box(250, 560, 500, 130), Gradient(((0.0, lighter(accent, 0.3)), (0.5, accent), (1.0, darker(accent, 0.3)))),
           clip=body)  # fmt: skip
    for x in (410, 470, 560, 610):
        c.stroke(smooth([(x, 330), (x - 8, 400), (x + 6, 470)], closed=False), 7, darker(colour, 0.3), opacity=0.4)
    c.fill(box(312, 262, 376, 92, 30), lit(darker(colour, 0.16)))
    c.fill(box(312, 262, 376, 40, 20), lit(colour))
    c.stroke(smooth([(340, 268), (420, 170), (500, 148), (580, 170), (660, 268)], closed=False), 24, WEBBING)
    c.fill(box(450, 118, 100, 60, 14), lit("#4a4954"))
    c.fill(box(488, 118, 24, 60), INK)


def bottle(c: Canvas, colour: str, accent: str) -> None:
    c.shadow(500, 830, 150, 26)
    body = lathe(
        [(66, 262), (66, 262), (70, 300), (132, 372), (142, 430), (142, 780), (134, 822), (112, 830), (0, 832)]
    )
    c.fill(body, rounded(colour))
    c.fill(box(340, 560, 320, 96), rounded(accent, 0.8), clip=body)
    c.fill(smooth([(410, 400), (425, 395), (425, 790), (408, 800)]), "#ffffff", opacity=0.2, clip=body, blur=8)
    c.fill(box(430, 248, 140, 22, 6), rounded(STEEL))
    c.fill(box(420, 176, 160, 80, 16), rounded(darker(accent, 0.35)))
    for x in (446, 473, 500, 527, 554):
        c.stroke([(x, 190), (x, 244)], 4, INK, opacity=0.3)
    c.stroke(smooth([(445, 182), (440, 128), (500, 106), (560, 128), (555, 182)], closed=False), 18,
             darker(accent, 0.45))  # fmt: skip


def lantern(c: Canvas, colour: str, accent: str) -> None:
    c.shadow(500, 822, 190, 28)
    c.stroke(
        smooth([(352, 360), (350, 190), (500, 110), (650, 190), (648, 360)], closed=False), 12, darker(colour, 0.45)
    )
    c.fill(ellipse(500, 520, 330, 330), "#ffd58a", opacity=0.4, blur=120)
    glass = lathe([(118, 330), (158, 400), (166, 520), (158, 640), (126, 700)])
    c.fill(glass, Gradient(((0.0, "#ffe0a0"), (0.45, "#fff6dc"), (1.0, "#f6c46a"))))
    c.fill(smooth([(500, 440), (532, 520), (500, 586), (468, 520)]), lit("#ff9d3c"))
    c.fill(smooth([(500, 490), (516, 530), (500, 572), (484, 530)]), "#fff3c4")
    for x in (372, 436, 564, 628):
        c.stroke(smooth([(500 + (x - 500) * 0.8, 330), (x, 515), (500 + (x - 500) * 0.82, 700)], closed=False), 6,
                 darker(colour, 0.35), opacity=0.75)  # fmt: skip
    c.fill(lathe([(42, 236), (78, 258), (150, 318), (168, 340), (150, 352)]), rounded(colour))
    c.fill(lathe([(140, 692), (176, 710), (186, 780), (196, 812), (160, 824), (0, 826)]), rounded(colour))
    c.fill(ellipse(500, 765, 24, 24), lit(accent))


def headlamp(c: Canvas, colour: str, accent: str) -> None:
    c.shadow(500, 800, 300, 36)
    strap = ellipse(500, 560, 330, 215)
    c.stroke(ellipse(500, 545, 318, 205), 62, darker(colour, 0.5), closed=True)
    c.stroke(strap, 62, rounded(colour), closed=True)
    for offset in (-14, 14):
        c.stroke(ellipse(500, 560 + offset, 330, 215, start=20, end=160), 7, accent, opacity=0.9)
    c.fill(box(352, 650, 296, 190, 62), lit("#3d3c47"))
    c.fill(box(372, 664, 256, 80, 40), "#ffffff", opacity=0.08)
    c.fill(ellipse(500, 742, 230, 200), "#fff1c2", opacity=0.45, blur=70)
    c.fill(ellipse(500, 742, 82, 82), lit(STEEL))
    c.fill(ellipse(500, 742, 64, 64), Gradient(((0.0, "#fff9e2"), (1.0, "#ffd97f"))))
    c.fill(ellipse(482, 724, 20, 16), "#ffffff")
    for x in (390, 610):
        c.fill(ellipse(x, 742, 18, 18), lit(accent))


def pot(c: Canvas, colour: str, accent: str) -> None:
    c.shadow(500, 824, 240, 28)
    c.fill(smooth([(500, 690), (540, 740), (500, 776), (460, 740)]), lit("#5a8ee0"), opacity=0.85)
    for x in (430, 570):
        c.fill(smooth([(x, 706), (x + 22, 740), (x, 770), (x - 22, 740)]), lit("#7aa8ef"), opacity=0.8)
    for side in (-1, 1):
        c.stroke([(500 + side * 60, 780), (500 + side * 200, 700), (500 + side * 218, 690)], 13, lit("#70757d"))
    c.fill(box(420, 770, 160, 56, 16), rounded("#7b8088"))
    body = lathe([(220, 396), (220, 396), (222, 520), (214, 650), (190, 690), (0, 694)])
    c.fill(body, rounded(colour))
    c.stroke([(282, 470), (718, 470)], 4, darker(colour, 0.4), opacity=0.5, clip=body)
    c.stroke(smooth([(714, 452), (828, 470), (832, 570), (712, 590)], closed=False), 17, lit(accent))
    c.fill(lathe([(30, 330), (120, 344), (214, 378), (232, 396), (226, 408), (0, 412)]), rounded(lighter(colour, 0.12)))
    c.fill(box(474, 286, 52, 50, 18), rounded(accent))
    for x, height in ((440, 60), (560, 46)):
        steam = smooth([(x, 262), (x - 22, 262 - height), (x + 16, 262 - 2 * height), (x - 6, 262 - 3 * height)],
                       closed=False)  # fmt: skip
        c.stroke(steam, 13, "#ffffff", opacity=0.55)


def mat(c: Canvas, colour: str, accent: str) -> None:
    c.shadow(500, 800, 370, 40)
    c.fill(box(180, 480, 560, 310, 150), Gradient(rounded(colour).stops, vertical=True))
    for x in (300, 380, 460, 540):
        c.stroke(smooth([(x, 484), (x - 26, 636), (x, 788)], closed=False), 6, darker(colour, 0.28), opacity=0.4)
    c.fill(ellipse(740, 635, 128, 155), lit(lighter(colour, 0.2)))
    for step in range(4):
        c.stroke(ellipse(740 + step * 3, 635, 108 - step * 28, 132 - step * 34, start=-60, end=270), 9,
                 darker(colour, 0.34), opacity=0.8)  # fmt: skip
    for x in (258, 598):
        c.stroke(smooth([(x, 476), (x - 34, 636), (x, 794)], closed=False), 30, accent)
        c.fill(box(x - 52, 596, 44, 58, 10), lit(INK))


def hammock(c: Canvas, colour: str, accent: str) -> None:
    c.shadow(500, 830, 300, 26)
    for side in (-1, 1):
        trunk = smooth([(500 + side * 400, -60), (500 + side * 388, 420), (500 + side * 404, 1060),
                        (500 + side * 474, 1060), (500 + side * 462, 420), (500 + side * 474, -60)])  # fmt: skip
        c.fill(trunk, rounded("#7d5a44", 0.8))
        c.stroke([(500 + side * 392, 330), (500 + side * 466, 322)], 20, accent)
        c.stroke([(500 + side * 392, 330), (500 + side * 290, 452)], 8, INK)
    back = smooth([(205, 448), (205, 448), (330, 520), (500, 545), (670, 520), (795, 448), (795, 448), (690, 640),
                   (500, 712), (310, 640)])  # fmt: skip
    c.fill(back, lit(darker(colour, 0.22)))
    front = smooth([(205, 448), (205, 448), (340, 590), (500, 632), (660, 590), (795, 448), (795, 448), (705, 690),
                    (500, 772), (295, 690)])  # fmt: skip
    c.fill(front, rounded(colour, 0.8))
    for reach in (0.4, 0.7):
        c.stroke(smooth([(205, 448), (330, 590 + 90 * reach), (500, 640 + 110 * reach), (670, 590 + 90 * reach),
                         (795, 448)], closed=False), 9, accent, opacity=0.7, clip=front)  # fmt: skip


def poles(c: Canvas, colour: str, accent: str) -> None:
    c.shadow(500, 850, 190, 20)
    for lean, offset in ((-9, -130), (9, 130)):
        about = (500 + offset, 500)
        x = 500 + offset
        c.stroke(turn([(x, 260), (x, 560)], lean, about=about), 22, lit(colour))
        c.stroke(turn([(x, 545), (x, 850)], lean, about=about), 14, lit(STEEL))
        c.stroke(turn([(x, 262), (x, 290)], lean, about=about), 26, accent)
        c.fill(turn(box(x - 17, 530, 34, 44, 8), lean, about=about), lit(INK))
        c.fill(turn(ellipse(x, 800, 44, 13), lean, about=about), INK)
        grip = smooth(
            [(x - 22, 120), (x, 104), (x + 22, 120), (x + 18, 180), (x + 24, 262), (x - 24, 262), (x - 18, 180)]
        )
        c.fill(turn(grip, lean, about=about), lit("#c79a6b"))
        loop = smooth([(x + 14, 130), (x + 74, 190), (x + 60, 270), (x + 18, 210)], closed=False)
        c.stroke(turn(loop, lean, about=about), 11, WEBBING)


def compass(c: Canvas, colour: str, accent: str) -> None:
    c.shadow(500, 812, 250, 34)
    c.stroke(smooth([(500, 230), (430, 130), (500, 80), (570, 130), (500, 230)], closed=False), 16, lit(accent))
    c.fill(ellipse(500, 520, 300, 300), rounded(colour))
    c.fill(ellipse(500, 520, 262, 262), lit(darker(colour, 0.42)))
    c.fill(ellipse(500, 520, 244, 244), Gradient(((0.0, "#fffdf6"), (1.0, "#e9e2d2")), vertical=True))
    for step in range(24):
        length = 34 if step % 6 == 0 else 16
        tick = turn([(500, 292), (500, 292 + length)], step * 15, about=(500, 520))
        c.stroke(tick, 7 if step % 6 == 0 else 4, INK, opacity=0.75)
    c.fill(
        turn(smooth([(500, 330), (500, 330), (536, 520), (500, 540), (464, 520)]), 32, about=(500, 520)), lit("#c8452f")
    )
    c.fill(turn(smooth([(500, 710), (500, 710), (536, 520), (500, 500), (464, 520)]), 32, about=(500, 520)), lit(STEEL))
    c.fill(ellipse(500, 520, 22, 22), lit(accent))
    c.fill(smooth([(330, 430), (420, 320), (560, 292), (440, 380)]), "#ffffff", opacity=0.35, blur=14)


def cutlery(c: Canvas, colour: str, accent: str) -> None:
    c.shadow(500, 830, 230, 20)
    for offset, lean in ((-118, -6), (0, 0), (118, 6)):
        x, about = 500 + offset, (500.0 + offset, 820.0)
        c.stroke(turn([(x, 400), (x, 800)], lean, about=about), 30, rounded(colour))
        c.stroke(turn([(x, 690), (x, 800)], lean, about=about), 36, lit(accent))
        c.fill(turn(ellipse(x, 800, 7, 7), lean, about=about), darker(accent, 0.5))
        if offset < 0:
            c.fill(turn(box(x - 44, 240, 88, 150, 34), lean, about=about), lit(colour))
            for tine in (-26, 0, 26):
                c.stroke(turn([(x + tine, 160), (x + tine, 270)], lean, about=about), 16, lit(colour))
        elif offset == 0:
            c.fill(turn(ellipse(x, 280, 66, 122), lean, about=about), rounded(colour))
            c.fill(turn(ellipse(x - 6, 272, 42, 88), lean, about=about), darker(colour, 0.18), opacity=0.6)
        else:
            blade = smooth([(x - 26, 420), (x - 26, 420), (x - 30, 220), (x - 6, 150), (x + 34, 260), (x + 28, 420),
                            (x + 28, 420)])  # fmt: skip
            c.fill(turn(blade, lean, about=about), rounded(colour))
