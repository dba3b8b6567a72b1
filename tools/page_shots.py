"""Takes the pictures of the page that are in the README, of the page itself in Chromium.

python -m tools.page_shots

Needs the extra `browser`, and Chromium. It paints two pictures, some minutes.
"""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

IMAGES = Path(__file__).parents[1] / "images"
MAIN = Path(__file__).parents[1] / "main1.py"
# Name, width of the window, height that is kept, the sample photo and style that are clicked.
SHOTS = (("page", 1280, 1376, 3, 2), ("page_phone", 390, 1500, 2, 4))
MINUTES = 20
ADDRESS = "127.0.0.1:7990"


def main():
    """Open the page in a folder of its own, paint on it, and keep what is seen."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        command = [sys.executable, str(MAIN), "--page", ADDRESS]
        server = subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, text=True)
        server.stdout.readline()  # it is open
        path = shutil.which("chromium")
        chromium = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        try:
            for name, width, height, photo, style in SHOTS:
                page = chromium.new_page(viewport={"width": width, "height": 900})
                _paint(page, photo, style)
                shot = Path(folder) / f"{name}.png"
                page.screenshot(path=shot, full_page=True)
                kept = Image.open(shot).convert("RGB").crop((0, 0, width, height))
                kept.save(IMAGES / f"{name}.jpg", quality=88)
        finally:
            server.terminate()
            server.wait()


def _paint(page, photo, style):
    """Click samples, press the button, wait for the picture."""
    page.goto(f"http://{ADDRESS}")
    page.get_by_role("button", name="Paint", exact=True).wait_for()
    page.get_by_role("button", name=f"Thumbnail {photo} of 3").click()
    page.get_by_role("button", name=f"Thumbnail {style} of 4").click()
    page.get_by_role("button", name="Thumbnail 1 of 1").wait_for()
    page.get_by_role("button", name="Paint", exact=True).click()
    page.get_by_text("Kept as").wait_for(timeout=MINUTES * 60_000)
    page.wait_for_timeout(2000)


if __name__ == "__main__":
    main()
