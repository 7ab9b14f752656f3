"""Clicks through the page in headless Chromium, at the width of a phone and of a desk."""

import base64
import io
import json
import os
import shutil
import time
from pathlib import Path

import pytest
from conftest import ROOT, SAMPLES
from PIL import Image
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import Select, WebDriverWait
from test_service import TOKEN, token_file  # noqa: F401 (a fixture)

WIDTHS = {"phone": (390, 844), "desk": (1280, 900)}
SHOTS = Path(os.environ.get("CONDENSENET_SCREENSHOTS", ROOT / ".build/screenshots"))


@pytest.fixture(params=WIDTHS, ids=WIDTHS)
def browser(request):
    width, height = WIDTHS[request.param]
    options = webdriver.ChromeOptions()
    for argument in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--force-device-scale-factor=1"):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    options.binary_location = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(shutil.which("chromedriver")))
    driver.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride",
        {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": request.param == "phone"})
    driver.size_name = request.param
    yield driver
    driver.quit()


def scheme(browser, name):
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": name}]})


def shoot(browser, name):
    SHOTS.mkdir(parents=True, exist_ok=True)
    browser.execute_script("window.scrollTo(0, 0)")
    png = base64.b64decode(browser.execute_cdp_cmd("Page.captureScreenshot", {"format": "png"})["data"])
    path = SHOTS / f"{name}-{browser.size_name}.png"
    Image.open(io.BytesIO(png)).convert("P", palette=Image.Palette.ADAPTIVE, colors=128).save(path, optimize=True)


def wait(browser, condition, seconds=60):
    return WebDriverWait(browser, seconds, 0.05).until(lambda _: condition())


def cards(browser, where="results"):
    return browser.find_elements(By.CSS_SELECTOR, f"#{where} > .card")


def labels(browser, where="results"):
    return [card.find_element(By.CSS_SELECTOR, "li span").text for card in cards(browser, where)
            if card.find_elements(By.CSS_SELECTOR, "li span")]


def no_complaints(browser, *expected):
    """Neither an error of the script nor anything that the content security policy has refused."""
    found = [entry["message"] for entry in browser.get_log("browser") if entry["level"] in ("SEVERE", "WARNING")]
    assert [message for message in found if not any(text in message for text in expected)] == []


def photo(tmp_path, name, size):
    path = tmp_path / f"{name}-{size}.jpg"
    Image.open(SAMPLES / f"{name}.png").convert("RGB").resize((size, size), Image.Resampling.BICUBIC).save(path, quality=100)
    return str(path)


def test_photos(start, browser, tmp_path):
    shutil.copy(ROOT / "models/fashion-mnist.safetensors", tmp_path / "other.safetensors")
    server = start(models=(ROOT / "models/fashion-mnist.safetensors", tmp_path / "other.safetensors"))
    browser.get(server.url)
    model = browser.find_element(By.ID, "model")
    wait(browser, model.is_enabled)
    assert [option.text for option in Select(model).options] == ["fashion-mnist", "other"]
    files = browser.find_element(By.ID, "files")
    files.send_keys("\n".join(str(SAMPLES / f"{name}.png") for name in ("bag", "dress", "sneaker")))
    wait(browser, lambda: labels(browser) == ["Sneaker", "Dress", "Bag"])
    assert browser.find_element(By.ID, "status").text == "sneaker.png: Sneaker"
    card = cards(browser)[0]
    assert len(card.find_elements(By.CSS_SELECTOR, "li")) == 5 and "fashion-mnist: " in card.text and " ms" in card.text
    widths = [float(bar.get_attribute("width").rstrip("%")) for bar in card.find_elements(By.CSS_SELECTOR, "rect")]
    assert widths == sorted(widths, reverse=True) and 50 < widths[0] <= 100
    # The camera's button takes a photo too, and the other model is asked.
    Select(model).select_by_visible_text("other")
    browser.find_element(By.ID, "camera").send_keys(str(SAMPLES / "trouser.png"))
    wait(browser, lambda: labels(browser)[:1] == ["Trouser"])
    assert "other: " in cards(browser)[0].text
    shoot(browser, "light")
    scheme(browser, "dark")
    shoot(browser, "dark")
    # No picture at all is an answer as well.
    (tmp_path / "notes.png").write_text("no picture")
    files.send_keys(str(tmp_path / "notes.png"))
    wait(browser, lambda: "expected a JPEG" in cards(browser)[0].text)
    assert "notes.png: image: expected a JPEG" in browser.find_element(By.ID, "status").text
    wait(browser, lambda: not cards(browser)[0].find_elements(By.TAG_NAME, "img"))
    no_complaints(browser, "400 (Bad Request)")


def test_a_huge_photo_is_made_smaller(start, browser, tmp_path):
    server = start("--log-requests")
    browser.get(server.url)
    wait(browser, lambda: browser.find_element(By.ID, "model").text == "fashion-mnist")
    import numpy as np
    noise = np.random.default_rng(1).integers(0, 40, (3000, 3000, 3), dtype=np.uint8)
    picture = Image.open(SAMPLES / "bag.png").convert("RGB").resize((3000, 3000), Image.Resampling.BICUBIC)
    path = tmp_path / "huge.png"
    Image.fromarray(np.clip(np.asarray(picture, dtype=np.int16) + noise, 0, 255).astype(np.uint8)).save(path, compress_level=1)
    assert path.stat().st_size > 4 << 20
    browser.execute_script("""
        window.sent = 0; const old = window.fetch;
        window.fetch = (path, options) => { if (options && options.body) window.sent = options.body.size; return old(path, options); };""")
    browser.find_element(By.ID, "files").send_keys(str(path))
    wait(browser, lambda: len(labels(browser)) == 1)
    assert 0 < browser.execute_script("return window.sent") < 4 << 20
    no_complaints(browser)


def test_drop(start, browser):
    server = start()
    browser.get(server.url)
    wait(browser, lambda: browser.find_element(By.ID, "model").text == "fashion-mnist")
    pictures = [base64.b64encode((SAMPLES / f"{name}.png").read_bytes()).decode() for name in ("bag", "trouser")]
    browser.execute_script("""
        const transfer = new DataTransfer();
        arguments[0].forEach((text, index) => transfer.items.add(new File(
            [Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0))], "dropped-" + index + ".png", { type: "image/png" })));
        const drop = document.getElementById("drop");
        for (const name of ["dragover", "drop"])
            drop.dispatchEvent(new DragEvent(name, { dataTransfer: transfer, bubbles: true, cancelable: true }));""", pictures)
    wait(browser, lambda: labels(browser) == ["Trouser", "Bag"])


def test_live(start, browser, tmp_path):
    folder = tmp_path / "photos"
    folder.mkdir()
    server = start("--watch", folder)
    browser.get(server.url)
    button = browser.find_element(By.ID, "live")
    button.click()
    wait(browser, lambda: browser.find_element(By.ID, "live-state").text == "On.")
    assert button.get_attribute("aria-pressed") == "true"
    for name in ("bag", "dress"):
        shutil.copy(SAMPLES / f"{name}.png", tmp_path / "part")
        (tmp_path / "part").rename(folder / f"{name}.png")
    wait(browser, lambda: labels(browser, "events") == ["Dress", "Bag"])
    button.click()
    wait(browser, lambda: browser.find_element(By.ID, "live-state").text == "Off.")
    button.click()
    wait(browser, lambda: browser.find_element(By.ID, "live-state").text == "On.")
    assert server.end() == 0
    wait(browser, lambda: browser.find_element(By.ID, "live-state").text != "On.")


def test_token_by_keyboard_alone(start, browser, token_file):  # noqa: F811
    server = start("--token-file", token_file)
    browser.get(server.url)
    field = browser.find_element(By.ID, "token")
    wait(browser, lambda: browser.switch_to.active_element == field)
    field.send_keys("wrong token" + Keys.ENTER)
    wait(browser, lambda: "token" in browser.find_element(By.ID, "status").text)
    field.clear()
    field.send_keys(TOKEN + Keys.ENTER)
    wait(browser, lambda: not field.is_displayed())
    # Everything that can be used is reached with the tabulator, and shows that it has the focus.
    browser.execute_script("document.activeElement.blur()")
    reached = []
    for _ in range(8):
        # Keys sent to an input of files would name files.
        webdriver.ActionChains(browser).send_keys(Keys.TAB).perform()
        focused = browser.switch_to.active_element
        reached.append(focused.get_attribute("id") or focused.get_attribute("class"))
        outlined = browser.execute_script(
            "let e = document.activeElement; return getComputedStyle(e).outlineStyle !== 'none' || getComputedStyle(e.parentElement).outlineStyle !== 'none'")
        assert outlined or focused.tag_name in ("body", "html")
    assert {"skip", "camera", "files", "live"} <= set(reached)
    browser.find_element(By.ID, "files").send_keys(str(SAMPLES / "bag.png"))
    wait(browser, lambda: labels(browser) == ["Bag"])
    no_complaints(browser, "401 (Unauthorized)")


# What axe-core would ask: names, a language, no overflow, big targets, contrast.
AUDIT = r"""
const problems = [];
const visible = (e) => e.getClientRects().length && getComputedStyle(e).visibility !== "hidden";
const name = (e) => (e.getAttribute("aria-label") || (e.labels && e.labels.length && e.labels[0].textContent) || e.textContent || "").trim();
if (!document.documentElement.lang || !document.title) problems.push("no language or title");
for (const e of document.querySelectorAll("button, input, select, a")) if (!name(e)) problems.push("no name: " + e.outerHTML);
for (const e of document.querySelectorAll("img")) if (!e.hasAttribute("alt")) problems.push("no alt: " + e.outerHTML);
const ids = [...document.querySelectorAll("[id]")].map((e) => e.id);
if (new Set(ids).size !== ids.length) problems.push("an id twice");
for (const e of document.querySelectorAll("[aria-labelledby]")) if (!document.getElementById(e.getAttribute("aria-labelledby"))) problems.push("no label: " + e.outerHTML);
if (document.documentElement.scrollWidth > innerWidth) problems.push("wider than the window: " + document.documentElement.scrollWidth);
for (const e of document.querySelectorAll("button, select, .button, input[type=password]"))
  if (visible(e) && e.getBoundingClientRect().height < 44) problems.push("a small target: " + e.outerHTML);
const parse = (text) => text.match(/[\d.]+/g).map(Number);
const light = (c) => { const [r, g, b] = c.slice(0, 3).map((v) => { v /= 255; return v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; }); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
const contrast = (a, b) => { const [x, y] = [light(a), light(b)].sort((p, q) => q - p); return (x + 0.05) / (y + 0.05); };
const back = (e) => { for (; e; e = e.parentElement) { const c = parse(getComputedStyle(e).backgroundColor); if (c.length < 4 || c[3] > 0) return c; } return [255, 255, 255]; };
for (const e of document.querySelectorAll("body *")) {
  const text = [...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim());
  if (!text || !visible(e) || e.disabled) continue;
  const color = parse(getComputedStyle(e).color), grounds = [back(e)];
  const bar = e.closest("li") && e.closest("li").querySelector("rect");
  if (bar && e.tagName === "SPAN") grounds.push(parse(getComputedStyle(bar).fill));
  for (const ground of grounds) { const ratio = contrast(color, ground); if (ratio < 4.5) problems.push(ratio.toFixed(2) + " contrast: " + e.outerHTML); }
}
let last = 0;
for (const e of document.querySelectorAll("h1, h2, h3")) { const level = +e.tagName[1]; if (level > last + 1) problems.push("a heading too deep: " + e.outerHTML); last = level; }
return problems;
"""


def test_readable_by_everyone(start, browser, tmp_path):
    server = start()
    browser.get(server.url)
    wait(browser, lambda: browser.find_element(By.ID, "model").text == "fashion-mnist")
    (tmp_path / ("a-very-long-name-" * 12 + ".png")).write_text("no picture")
    browser.find_element(By.ID, "files").send_keys(
        "\n".join([str(SAMPLES / "bag.png"), str(tmp_path / ("a-very-long-name-" * 12 + ".png"))]))
    wait(browser, lambda: len(cards(browser)) == 2 and "expected" in cards(browser)[0].text)
    for name in ("light", "dark"):
        scheme(browser, name)
        assert browser.execute_script(AUDIT) == []
