"""The HTML report in Chromium, opened from a file: no network, no message on the console, and it shows what it should."""

import json
import os
import shutil
import subprocess

import jsonschema
import numpy as np
import pytest

import zeropoint
from zeropoint._zeropoint import write_report_page

ROOT = os.path.join(os.path.dirname(__file__), "..", "..")
LARGEST = 1_500_000  # bytes of a page
SHARED = os.environ.get("ZEROPOINT_SHARED", os.path.join(ROOT, "..", "shared"))
COMMAND = os.path.join(ROOT, "build", "release", "bin", "zeropoint")

try:
    from selenium import webdriver
    from selenium.webdriver.common.by import By
    from selenium.webdriver.common.keys import Keys
    from selenium.webdriver.support.ui import WebDriverWait
except ImportError:
    webdriver = None


def chromium():
    return shutil.which("chromium"), shutil.which("chromedriver")


needs_browser = pytest.mark.skipif(webdriver is None or None in chromium(),
                                   reason="no selenium, chromium or chromedriver: scripts/setup.sh installs them")


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    options = webdriver.ChromeOptions()
    program, driver = chromium()
    options.binary_location = program
    for flag in ("headless", "no-sandbox", "disable-gpu", "disable-quic", "no-first-run", "disable-background-networking",
                 "disable-component-update", "disable-sync", "window-size=1400,1000",
                 f"user-data-dir={tmp_path_factory.mktemp('chromium')}"):
        options.add_argument(f"--{flag}")
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(driver))
    yield driver
    driver.quit()


class Page:
    """A report as a reader has it; the look at console and network comes with `close`."""

    def __init__(self, browser, text, folder):
        path = folder / "report.html"
        try:
            write_report_page(text, str(path))
        except zeropoint.UnsupportedError as error:
            pytest.skip(str(error))
        assert path.stat().st_size < LARGEST
        self.browser = browser
        browser.get("about:blank")
        for kind in ("browser", "performance"):
            browser.get_log(kind)  # what was before is not ours
        browser.get(path.as_uri())
        WebDriverWait(browser, 60).until(lambda _: self.all("#table tbody tr"))
        if self.all("#graph-drawing"):
            WebDriverWait(browser, 120).until(lambda _: self.one("#graph-drawing").get_attribute("data-ready") == "true")

    def all(self, selector):
        return self.browser.find_elements(By.CSS_SELECTOR, selector)

    def one(self, selector):
        return self.browser.find_element(By.CSS_SELECTOR, selector)

    def js(self, text, *arguments):
        return self.browser.execute_script(text, *arguments)

    def bars(self):
        return self.js("return document.querySelector('#bars-chart').zeropointChart.getOption().series[0].data.length")

    def boxes(self):
        return len(self.all("#graph-drawing .node.op"))

    def column(self, title):
        """The cells under a head, from above."""
        return self.js("""
            const heads = [...document.querySelectorAll('#table thead th')].map((head) => head.innerText.trim());
            return [...document.querySelectorAll('#table tbody tr')].map((row) => row.cells[heads.indexOf(arguments[0])].innerText);
        """, title)

    def head(self, title):
        return next(head for head in self.all("#table thead th") if head.text.strip() == title)

    def close(self):
        assert self.browser.get_log("browser") == []
        requests = [json.loads(entry["message"])["message"] for entry in self.browser.get_log("performance")]
        urls = [one["params"]["request"]["url"] for one in requests if one["method"] == "Network.requestWillBeSent"]
        assert [url for url in urls if not url.startswith(("file:", "data:"))] == []


@pytest.fixture
def open_page(browser, tmp_path):
    pages = []

    def opened(report):
        pages.append(Page(browser, report if isinstance(report, str) else json.dumps(report), tmp_path))
        return pages[-1]

    yield opened
    for page in pages:
        page.close()


def data(name):
    with open(os.path.join(ROOT, "tests", "data", name)) as file:
        return json.load(file)


def schema(name):
    with open(os.path.join(ROOT, "docs", name)) as file:
        return json.load(file)


@pytest.fixture
def conversion(classifier, representative_dataset):
    converter = zeropoint.lite.TFLiteConverter.from_saved_model(classifier)
    converter.optimizations = [zeropoint.lite.Optimize.DEFAULT]
    converter.representative_dataset = representative_dataset
    converter.convert()
    return converter.report


def chain(count):
    """A report of `count` ops: blocks of four with a branch, as networks have them; every fifth stays float."""
    ops, tensors = [], [{"name": "x", "type": "float32", "shape": [1, 8], "constant": False, "graph": 0}]
    for i in range(count):
        tensors.append({"name": f"model/block_{i // 4}/op_{i}/w", "type": "int8", "shape": [8, 8], "constant": True, "graph": 0,
                        "scale": [0.01 * (c + 1) for c in range(8)], "zero_point": [0] * 8, "axis": 0})
        tensors.append({"name": f"model/block_{i // 4}/op_{i}", "type": "int8", "shape": [1, 8], "constant": False, "graph": 0,
                        "scale": [0.05], "zero_point": [3], "min": -6.5, "max": 6.1})
        result = 2 * i + 2
        inputs = [result - 2, result - 1] + ([result - 6] if i % 4 == 3 else [])
        op = {"op": "ADD" if i % 4 == 3 else "CONV_2D", "name": tensors[-1]["name"], "version": 1, "quantized": i % 5 != 0, "graph": 0,
              "inputs": inputs, "outputs": [result], "scheme": "int8"}
        if i % 5 == 0:
            op["reason"] = "no integer kernel"
        ops.append(op)
    return {"mode": "int8", "samples": 10, "bytes": 123456, "warnings": [], "ops": ops, "tensors": tensors}


def test_the_reports_follow_their_schemas(conversion):
    jsonschema.Draft202012Validator.check_schema(schema("report.schema.json"))
    jsonschema.validate(json.loads(conversion.to_json()), schema("report.schema.json"))
    jsonschema.validate(chain(20), schema("report.schema.json"))
    jsonschema.validate(data("debug_sample.json"), schema("debug.schema.json"))


def test_the_parts_of_a_conversion_are_connected(conversion):
    tensors = conversion["tensors"]
    for op in conversion["ops"]:
        assert all(-1 <= i < len(tensors) for i in op["inputs"] + op["outputs"])
    produced = {i for op in conversion["ops"] for i in op["outputs"]}
    read = {i for op in conversion["ops"] for i in op["inputs"]} - {-1}
    open_ends = [tensors[i]["name"] for i in read - produced if not tensors[i]["constant"]]
    assert len(open_ends) == 1  # the model's input
    assert len(produced - read) == 1  # its output


@needs_browser
def test_a_conversion_without_figures_of_error(open_page, conversion):
    page = open_page(conversion)
    assert page.bars() == page.boxes() == len(conversion["ops"])
    assert conversion["mode"] in page.one("#summary").text
    assert page.all("#findings") == []
    page.one("input[value=tensors]").click()
    assert f"of {len(conversion['tensors'])} rows" in page.one("#table-count").text


@needs_browser
def test_a_debug_report_shows_findings_and_histograms(open_page):
    report = data("debug_sample.json")
    page = open_page(report)
    assert page.bars() == page.boxes() == len(report["ops"])
    findings = page.one("#findings").text
    assert report["findings"][0]["fix"]["line"] in findings and report["findings"][0]["text"] in findings
    assert page.all("#details .chart.small svg")
    assert page.all("#bars-chart svg path")


@needs_browser
@pytest.mark.skipif(not os.path.isdir(os.path.join(SHARED, "zoo")), reason="needs ../shared/zoo (ZEROPOINT_SHARED)")
def test_a_debug_report_of_a_real_model(open_page, tmp_path):
    report = tmp_path / "debug.json"
    with np.load(os.path.join(SHARED, "zoo", "data", "ic01_cifar10.npz")) as cifar:
        np.save(tmp_path / "x.npy", cifar["x"][:20].astype(np.float32))
    model = os.path.join(SHARED, "zoo", "models", "resnet8_cifar10")
    page = tmp_path / "debug.html"
    subprocess.run([COMMAND, "debug", model, "--mode", "int8", "--data", tmp_path / "x.npy", "--json", report, "--html", page],
                   check=True, capture_output=True)
    text = report.read_text()
    assert page.read_text().startswith("<!DOCTYPE html>")
    jsonschema.validate(json.loads(text), schema("debug.schema.json"))
    page = open_page(text)
    assert page.bars() == page.boxes() == len(json.loads(text)["ops"])
    assert page.all("#details .chart.small svg")


@needs_browser
def test_hostile_names_stay_text(open_page):
    hostile = ["</script><script>window.hacked = 1</script>", "<img src=x onerror='window.hacked = 1'>", "a\u2028b\u2029c", "\"'`${window.hacked = 1}`",
               "<!--<script>", "]]>&lt;b&gt;", "__proto__", "constructor", "\ufffd\x00\x1b name", "@SCRIPT@ @ZEROPOINT_REPORT@", "تجربة‮ right to left"]
    for report in (data("debug_sample.json"), chain(len(hostile) * 2)):
        for i, name in enumerate(hostile):
            for part in ("ops", "tensors", "weights", "outputs", "findings"):
                if i < len(report.get(part, [])):
                    one = report[part][i]
                    for key in ("name", "op", "node", "tensor", "reason", "text"):
                        if isinstance(one.get(key), str):
                            one[key] = name
            report["warnings"].append(name)
        page = open_page(report)
        assert page.js("return window.hacked") is None
        assert page.all("main script, main img, main b, main a") == []
        assert page.boxes() == len(report["ops"])
        page.one("input[value=tensors]").click()
        assert page.all("#table tbody tr")
        for op in page.all("#table tbody button")[:3]:
            op.click()
        assert page.js("return window.hacked") is None


@needs_browser
def test_a_thousand_ops_stay_usable(open_page):
    report = chain(1000)
    page = open_page(report)
    assert page.bars() == page.boxes() == 1000
    assert len(page.all("#graph-drawing .node.island")) == 200
    page.one("#search").send_keys("op_99")
    assert page.one("#table-count").text.startswith("11 of 1000")
    page.one("#search").clear()
    page.one("#search").send_keys(Keys.SPACE, Keys.BACKSPACE)
    page.one("button[title='The whole graph']").click()
    page.one("#graph-drawing").send_keys(Keys.ARROW_DOWN)
    assert page.one("#graph-drawing .node.selected").get_attribute("data-op") == "1"


@needs_browser
def test_the_table_is_sorted_by_mouse_and_by_keyboard(open_page):
    page = open_page(data("debug_sample.json"))
    page.head("Name").find_element(By.TAG_NAME, "button").click()
    assert page.head("Name").get_attribute("aria-sort") == "ascending"
    in_order = page.js("return [...arguments[0]].sort((a, b) => a.localeCompare(b))", page.column("Name"))  # as people read names
    assert page.column("Name") == in_order
    page.head("Name").find_element(By.TAG_NAME, "button").send_keys(Keys.ENTER)
    assert page.head("Name").get_attribute("aria-sort") == "descending"
    assert page.column("Name") == in_order[::-1]
    page.head("SQNR").find_element(By.TAG_NAME, "button").send_keys(Keys.SPACE)
    figures = [float(text.split()[0]) for text in page.column("SQNR") if text and text != "exact"]
    assert figures == sorted(figures)
    assert [head.get_attribute("aria-sort") for head in page.all("#table thead th")].count("ascending") == 1


@needs_browser
def test_dark_and_light(open_page, browser):
    page = open_page(data("debug_sample.json"))
    background = "return getComputedStyle(document.body).backgroundColor"

    def system(theme):
        browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": theme}]})
        WebDriverWait(browser, 10).until(lambda _: page.js("return document.documentElement.dataset.theme") == theme)
        return page.js(background)

    dark = system("dark")
    assert system("light") != dark
    page.one("#theme").click()
    assert page.js(background) == dark
    assert page.one("#theme").get_attribute("aria-pressed") == "true"
    page.one("#theme").click()
    assert page.js(background) != dark


def test_to_html(conversion, tmp_path):
    try:
        conversion.to_html(tmp_path / "page.html")
    except zeropoint.UnsupportedError as error:
        assert "npm" in str(error)
        pytest.skip("this build has no page")
    text = (tmp_path / "page.html").read_text()
    assert text.startswith("<!DOCTYPE html>") and conversion["mode"] in text
    with pytest.raises(zeropoint.FileError):
        conversion.to_html(tmp_path / "none" / "page.html")
    for wrong in ("", "{", "[]", "{\"ops\": 1}", "\xff"):
        with pytest.raises(zeropoint.ModelError):
            write_report_page(wrong, str(tmp_path / "wrong.html"))
    assert not (tmp_path / "wrong.html").exists()
