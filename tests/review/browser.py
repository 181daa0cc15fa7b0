"""A headless Chromium over its DevTools protocol: just what the test of the page needs."""

import base64
import json
import subprocess
import tempfile
import time
import urllib.request
from pathlib import Path

import websocket

FLAGS = ["--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--no-first-run", "--disable-extensions",
         "--disable-background-networking", "--disable-component-update", "--remote-debugging-port=0"]
# Keys that are no characters: code, and number for the page.
NAMED = {"ArrowLeft": 37, "ArrowUp": 38, "ArrowRight": 39, "ArrowDown": 40, "Enter": 13, "Escape": 27, "Backspace": 8,
         "PageUp": 33, "PageDown": 34, "End": 35, "Home": 36, "Tab": 9}
SHIFT = 8


class Browser:
    """A browser process with one page."""

    def __init__(self, width=1440, height=900):
        self.size = (width, height)
        self.profile = tempfile.TemporaryDirectory(prefix="epic-chromium-", ignore_cleanup_errors=True)
        arguments = ["chromium", *FLAGS, f"--user-data-dir={self.profile.name}", f"--window-size={width},{height}", "about:blank"]
        self.process = subprocess.Popen(arguments, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.port = self._port()
        self.page = self.new_page()

    def _port(self):
        file = Path(self.profile.name) / "DevToolsActivePort"
        for _ in range(300):
            lines = file.read_text().split() if file.exists() else []
            if lines:
                return int(lines[0])
            if self.process.poll() is not None:
                raise RuntimeError(f"chromium ended with {self.process.returncode}")
            time.sleep(0.1)
        raise RuntimeError("chromium does not listen")

    def new_page(self):
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}/json/new?about:blank", method="PUT")
        with urllib.request.urlopen(request) as answer:
            target = json.load(answer)
        return Page(target["webSocketDebuggerUrl"], *self.size)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()
        self.profile.cleanup()


class Page:
    """A tab. Whatever it complains of is kept in `complaints`."""

    def __init__(self, url, width, height):
        self.socket = websocket.create_connection(url, timeout=60, suppress_origin=True)
        self.number = 0
        self.complaints = []
        self.trace = None
        for domain in ["Page", "Runtime", "Log", "Network"]:
            self.call(f"{domain}.enable")
        self.call("Emulation.setFocusEmulationEnabled", enabled=True)
        self.resize(width, height)

    def resize(self, width, height, scale=1):
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=scale, mobile=False)

    def call(self, method, **parameters):
        self.number += 1
        self.socket.send(json.dumps({"id": self.number, "method": method, "params": parameters}))
        while True:
            message = json.loads(self.socket.recv())
            if message.get("id") == self.number:
                if "error" in message:
                    raise RuntimeError(f"{method}: {message['error']}")
                return message["result"]
            self._note(message)

    def _note(self, message):
        method, parameters = message.get("method"), message.get("params", {})
        if method == "Runtime.exceptionThrown":
            details = parameters["exceptionDetails"]
            self.complaints.append(details.get("exception", {}).get("description") or details["text"])
        elif method == "Log.entryAdded" and parameters["entry"]["level"] == "error":
            self.complaints.append(f"{parameters['entry']['text']} {parameters['entry'].get('url', '')}")
        elif method == "Tracing.dataCollected":
            self.trace["events"] += parameters["value"]
        elif method == "Tracing.tracingComplete":
            self.trace["complete"] = True
        elif method == "Network.requestWillBeSent":
            url = parameters["request"]["url"]
            if not url.startswith(("http://127.0.0.1:", "blob:http://127.0.0.1:", "about:", "data:")):
                self.complaints.append(f"asked for {url}")

    def processor_time(self, do):
        """Milliseconds that the longest task of a page's main thread had the processor while something is done."""
        self.trace = {"events": [], "complete": False}
        self.call("Tracing.start", traceConfig={"includedCategories": ["toplevel"]}, transferMode="ReportEvents")
        do()
        self.call("Tracing.end")
        while not self.trace["complete"]:
            self.run("0")
            time.sleep(0.05)
        events = self.trace["events"]
        main = {(e["pid"], e["tid"]) for e in events if e["name"] == "thread_name" and e["args"]["name"] == "CrRendererMain"}
        return max((e.get("tdur", 0) / 1000 for e in events if e.get("ph") == "X" and (e["pid"], e["tid"]) in main), default=0)

    def open(self, url):
        self.call("Page.navigate", url=url)
        self.wait("document.readyState === 'complete'")

    def reload(self):
        self.call("Page.reload")
        time.sleep(0.3)
        self.wait("document.readyState === 'complete'")

    def run(self, script):
        """The value of an expression; promises are waited for."""
        result = self.call("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in result:
            raise RuntimeError(f"{script}: {result['exceptionDetails']}")
        return result["result"].get("value")

    def wait(self, script, seconds=30, what=None):
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            try:
                value = self.run(f"Boolean({script})")
            except RuntimeError:
                value = None
            if value:
                return value
            time.sleep(0.05)
        raise AssertionError(f"not within {seconds} s: {what or script}")

    def text(self, selector):
        return self.run(f"document.querySelector({json.dumps(selector)})?.textContent ?? null")

    def key(self, key, shift=False):
        text = "" if key in NAMED else key
        if key == "Enter":
            text = "\r"
        code = NAMED.get(key) or ord(key.upper())
        common = {"key": key, "modifiers": SHIFT if shift else 0, "windowsVirtualKeyCode": code}
        self.call("Input.dispatchKeyEvent", type="keyDown", text=text, **common)
        self.call("Input.dispatchKeyEvent", type="keyUp", **common)

    def type(self, text):
        self.call("Input.insertText", text=text)

    def click(self, selector):
        place = f"(() => {{ const b = document.querySelector({json.dumps(selector)}).getBoundingClientRect(); return [b.x + b.width / 2, b.y + b.height / 2]; }})()"
        x, y = self.run(place)
        for kind in ["mousePressed", "mouseReleased"]:
            self.call("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)

    def drag(self, start, end):
        self.call("Input.dispatchMouseEvent", type="mousePressed", x=start[0], y=start[1], button="left", clickCount=1)
        self.call("Input.dispatchMouseEvent", type="mouseMoved", x=end[0], y=end[1], button="left")
        self.call("Input.dispatchMouseEvent", type="mouseReleased", x=end[0], y=end[1], button="left", clickCount=1)

    def wheel(self, x, y, by):
        self.call("Input.dispatchMouseEvent", type="mouseWheel", x=x, y=y, deltaX=0, deltaY=by)

    def choose(self, selector, value):
        """Chooses in a drop-down list as a person does."""
        self.run(f"(() => {{ const s = document.querySelector({json.dumps(selector)}); s.value = {json.dumps(str(value))}; s.dispatchEvent(new Event('change')); }})()")

    def scheme(self, name):
        self.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": name}])

    def picture(self, **options):
        return base64.b64decode(self.call("Page.captureScreenshot", **options)["data"])

    def close(self):
        self.call("Page.close")
