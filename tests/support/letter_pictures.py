"""Draws the pictures of letters in the documentation: `python -m tests.support.letter_pictures [FOLDER]`.

It needs Chromium and a font with Chinese characters; pictures are looked at, not compared.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image, ImageChops

from infra.letters.make import make
from rules import letter_sample
from schemas.letter import MadeLetter

FOLDER = Path(__file__).parents[2] / "docs" / "pictures"
WIDTH, HEIGHT, PHONE = 680, 3200, 390
_COLOURS = 224


def draw(made: MadeLetter, target: Path, width: int = WIDTH) -> Path:
    """Render a letter in a browser of some width and keep what is not empty."""
    browser = shutil.which("chromium") or shutil.which("google-chrome")
    if browser is None:
        raise SystemExit("there is no Chromium here")
    with tempfile.TemporaryDirectory() as folder:
        page, shot = Path(folder) / "letter.html", Path(folder) / "shot.png"
        page.write_text(made.html, encoding="utf-8")
        options = ["--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"]
        size = f"--window-size={width},{HEIGHT}"
        subprocess.run([browser, *options, size, f"--screenshot={shot}", str(page)], check=True, capture_output=True)
        picture = Image.open(shot).convert("RGB")
    empty = Image.new("RGB", picture.size, picture.getpixel((1, picture.height - 2)))
    filled = ImageChops.difference(picture, empty).getbbox() or (0, 0, *picture.size)
    kept = picture.crop((0, 0, picture.width, min(picture.height, filled[3] + 16)))
    target.parent.mkdir(parents=True, exist_ok=True)
    kept.quantize(_COLOURS, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE).save(target, optimize=True)
    return target


def main(folder: Path) -> None:
    """Draw the digest of a bad day in both languages, on a desk and on a phone."""
    for lang, name in (("zh-CN", "zh"), ("en", "en")):
        made = make(letter_sample.busy_day(lang).model_copy(update={"link": "https://cuntong.example.cn/a/AbCd"}))
        print(draw(made, folder / f"digest-{name}.png"))
        print(draw(made, folder / f"digest-{name}-phone.png", PHONE))


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER)
