"""The small signs by which browsers tell the shops' tabs apart."""

import io

from tenant_shop.demo.pictures.canvas import Canvas
from tenant_shop.demo.pictures.shapes import box, ellipse, smooth

PIXELS = 192


def render_mark(scene: str, *, brand: str, accent: str) -> bytes:
    """A square PNG with transparent corners: for the shop in the hills two ridges and a sun, else a steaming cup."""
    canvas = Canvas(PIXELS)
    canvas.fill(box(0, 0, 1000, 1000), brand)
    if scene == "hills":
        canvas.fill(ellipse(660, 330, 120, 120), accent)
        back = smooth([(0, 720), (330, 330), (620, 640), (800, 480), (1000, 760)], closed=False)
        canvas.fill([*back, (1000, 1000), (0, 1000)], "#ffffff", opacity=0.55)
        front = smooth([(0, 860), (280, 660), (560, 820), (1000, 640)], closed=False)
        canvas.fill([*front, (1000, 1000), (0, 1000)], "#ffffff")
    else:
        cup = [*ellipse(500, 520, 300, 300, start=0, end=180), (200, 480), (800, 480)]
        canvas.fill(cup, "#fbf8f3")
        canvas.fill(box(400, 800, 200, 44, 12), "#fbf8f3")
        for x in (400, 500, 600):
            canvas.stroke(smooth([(x, 400), (x - 34, 330), (x + 30, 260), (x, 190)], closed=False), 34, accent)
    corners = canvas.reduced(1)
    corners.fill(box(0, 0, 1000, 1000, 220), "#ffffff")
    canvas.image.putalpha(corners.image.getchannel("R"))
    file = io.BytesIO()
    canvas.image.save(file, "PNG")
    return file.getvalue()
