"""A headless Chromium driven over its debugging pipe: one process for many pages, no port, no dependency.

What is evaluated here comes in past the page's own policy, so that the page itself can be tested as it is.
"""

from __future__ import annotations

import base64
import fcntl
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any

Json = dict[str, Any]
NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
LIMIT = 90.0
"""Seconds to wait for an answer."""
_KEYS = {"Enter": 13, "Escape": 27, "End": 35, "Home": 36, "ArrowUp": 38, "ArrowDown": 40, "Tab": 9}
_START = "import os, sys; a, b, *run = sys.argv[1:]; os.dup2(int(a), 3); os.dup2(int(b), 4); os.execv(run[0], run)"
"""The browser reads from descriptor 3 and writes to 4, whatever numbers the pipes have here."""


class BrowserError(Exception):
    """The browser said no, or nothing."""


def program() -> str | None:
    """The path of a Chromium, None if there is none."""
    return next((path for name in NAMES if (path := shutil.which(name))), None)


class Browser:
    """One process. Use it as a context; pages close with it."""

    def __init__(self, path: str) -> None:
        self._profile = tempfile.TemporaryDirectory(prefix="chromium-", ignore_cleanup_errors=True)
        ours_out, theirs_in = os.pipe()[::-1]
        ours_in, theirs_out = os.pipe()
        high = [fcntl.fcntl(fd, fcntl.F_DUPFD, 10) for fd in (theirs_in, theirs_out)]
        self._process = subprocess.Popen(
            [sys.executable, "-c", _START, *map(str, high), path, "--headless", "--no-sandbox", "--disable-gpu",
             "--disable-dev-shm-usage", "--disable-background-networking", "--disable-component-update",
             "--no-first-run", "--hide-scrollbars", "--remote-debugging-pipe", f"--user-data-dir={self._profile.name}"],
            pass_fds=high, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        for fd in (theirs_in, theirs_out, *high):
            os.close(fd)
        self._out, self._in = ours_out, ours_in
        self._rest, self._number = b"", 0
        self._pages: dict[str, Page] = {}

    def __enter__(self) -> Browser:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Ends the process."""
        os.close(self._out)
        os.close(self._in)
        self._process.terminate()
        self._process.wait(timeout=20)
        self._profile.cleanup()

    def page(self) -> Page:
        """A new page."""
        target = self.send("Target.createTarget", {"url": "about:blank"})["targetId"]
        session = self.send("Target.attachToTarget", {"targetId": target, "flatten": True})["sessionId"]
        self._pages[session] = Page(self, session)
        self._pages[session].listen()
        return self._pages[session]

    def send(self, method: str, params: Mapping[str, Any] | None = None, session: str = "") -> Json:
        """Asks for something and waits for its answer; what happens meanwhile goes to its page."""
        self._number += 1
        message = {"id": self._number, "method": method, "params": params or {}}
        if session:
            message["sessionId"] = session
        data = json.dumps(message).encode() + b"\0"
        while data:
            data = data[os.write(self._out, data) :]
        until = time.monotonic() + LIMIT
        while time.monotonic() < until:
            answer = self._read()
            if answer.get("id") == self._number:
                if "error" in answer:
                    raise BrowserError(f"{method}: {answer['error']['message']}")
                result: Json = answer["result"]
                return result
            if answer.get("sessionId") in self._pages:
                self._pages[answer["sessionId"]].happened(answer["method"], answer["params"])
        raise BrowserError(f"No answer to {method}.")

    def _read(self) -> Json:
        while b"\0" not in self._rest:
            block = os.read(self._in, 1 << 20)
            if not block:
                raise BrowserError("The browser ended.")
            self._rest += block
        line, _, self._rest = self._rest.partition(b"\0")
        answer: Json = json.loads(line)
        return answer


class Page:
    """One page: `complaints` is what its console said, `requests` what it asked for beside itself."""

    def __init__(self, browser: Browser, session: str) -> None:
        self._browser, self._session = browser, session
        self.complaints: list[str] = []
        self.requests: list[str] = []

    def listen(self) -> None:
        """Begins to hear what happens on the page."""
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.send(f"{domain}.enable")

    def send(self, method: str, **params: Any) -> Json:
        """Asks the browser for something about this page."""
        return self._browser.send(method, params, self._session)

    def happened(self, method: str, params: Json) -> None:
        """Notes what the page asked for or complained about."""
        if method == "Network.requestWillBeSent":
            self.requests.append(params["request"]["url"])
        elif method == "Log.entryAdded":
            self.complaints.append(params["entry"]["text"])
        elif method == "Runtime.consoleAPICalled":
            self.complaints.append(str([value.get("value") for value in params["args"]]))
        elif method == "Runtime.exceptionThrown":
            self.complaints.append(params["exceptionDetails"]["text"])

    def open(self, path: Path, address: str = "") -> Page:
        """Opens a file at an address such as `#F-01` and waits until it is ready."""
        self.complaints.clear()
        self.send("Page.navigate", url="about:blank")
        self.requests.clear()
        self.send("Page.navigate", url=path.as_uri() + address)
        ready = "document.readyState === 'complete' && location.href !== 'about:blank'"
        until = time.monotonic() + LIMIT
        while not self.run(ready):
            if time.monotonic() > until:
                raise BrowserError(f"{path.name} was not ready in time.")
            time.sleep(0.01)
        self.requests = [url for url in self.requests if not url.startswith(("about:", path.as_uri()))]
        return self

    def look(self, width: int, height: int, *, dark: bool = False, forced: bool = False, scale: float = 1) -> Page:
        """Sets the window's size in CSS pixels and what the reader prefers."""
        self.send(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=scale, mobile=False
        )
        theme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        palette = {"name": "forced-colors", "value": "active" if forced else "none"}
        self.send("Emulation.setEmulatedMedia", features=[theme, palette])
        return self

    def run(self, script: str) -> Any:
        """The value of an expression or promise on the page."""
        answer = self.send(
            "Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True, userGesture=True
        )
        if "exceptionDetails" in answer:
            raise BrowserError(str(answer["exceptionDetails"].get("exception", answer["exceptionDetails"])))
        return answer["result"].get("value")

    def press(self, *keys: str) -> None:
        """Presses keys as a person would: the browser itself decides what they do."""
        for key in keys:
            text = {"Enter": "\r"}.get(key, key if len(key) == 1 else "")
            common = {"key": key, "code": key, "windowsVirtualKeyCode": _KEYS.get(key, 0)}
            self.send("Input.dispatchKeyEvent", type="keyDown", text=text, **common)
            self.send("Input.dispatchKeyEvent", type="keyUp", **common)

    def picture(self, path: Path, *, whole: bool = False) -> None:
        """A PNG of what is seen, or of the whole page."""
        taken = self.send("Page.captureScreenshot", format="png", captureBeyondViewport=whole)
        path.write_bytes(base64.b64decode(taken["data"]))

    def paper(self, path: Path) -> None:
        """A PDF of the printed page, in the size that the page itself names."""
        printed = self.send("Page.printToPDF", printBackground=True, preferCSSPageSize=True)
        path.write_bytes(base64.b64decode(printed["data"]))

    def heard(self) -> list[Json]:
        """What a screen reader is told: the nodes of the accessibility tree that are not left out, in reading order."""
        nodes = {node["nodeId"]: node for node in self.send("Accessibility.getFullAXTree")["nodes"]}
        root = next(node for node in nodes.values() if "parentId" not in node)
        found: list[Json] = []
        waiting = [root["nodeId"]]
        while waiting:
            node = nodes.get(waiting.pop())
            if node is None:
                continue
            if not node.get("ignored"):
                facts = {each["name"]: each["value"].get("value") for each in node.get("properties", ())}
                found.append({"role": node["role"]["value"], "name": node.get("name", {}).get("value", ""), **facts})
            waiting.extend(reversed(node.get("childIds", ())))
        return found
