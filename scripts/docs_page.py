#!/usr/bin/env python3
"""Uses the page /docs as a developer does, with headless Chromium: opens it, pastes a token, creates a task
and lists the tasks.

    export API=… TOKEN=…      as `make dev` prints them
    scripts/docs_page.py [PICTURE.png]

The page must not contact other hosts and must not log errors. Without Chromium nothing is tested. With
TEST_CHROMIUM=required, a missing Chromium is an error.
"""

import base64
import json
import os
import sys
import urllib.request
import uuid
from pathlib import Path

from chromium import installed, page
from console import say
from processes import supervise

CREATE, LIST = (f"[id='operations-tasks-{name}']" for name in ("create-task", "list-tasks"))
STATUS = ".live-responses-table tbody .response-col_status"
WIDTH, HEIGHT, SCALE = 1100, 980, 0.8


def wrong_on_the_page(api, token, picture=None):
    """One sentence for each fault."""
    program = installed()
    if not program:
        if os.environ.get("TEST_CHROMIUM") == "required":
            return ["Chromium, which tests /docs, is not installed (Debian: apt-get install chromium)."]
        say("skipped: the test of /docs needs Chromium (Debian: apt-get install chromium)")
        return []
    title = f"Buy milk {uuid.uuid4()}"
    with page(program) as tab:
        try:
            open_with(token, tab, api)
            created = answer_to(tab, CREATE, json.dumps({"title": title}), picture)
            listed = answer_to(tab, LIST)  # with what the page fills in by itself
        except RuntimeError as error:
            return [f"On /docs, {error}.", *complaints(tab.events, api)]
        wrong = complaints(tab.events, api)
    if created[0] != "201" or title not in titles(api, token):
        wrong.append(f"The page did not create the task. It shows the status {created[0]}.")
    if listed[0] != "200" or title not in listed[1]:
        wrong.append(f"The page did not list the task. It shows the status {listed[0]}:\n{listed[1]}")
    if not wrong:
        say(f"In {program}, /docs accepted a token, created and listed a task and contacted no other host.")
    return wrong


def open_with(token, tab, api):
    """Opens the page and pastes the token."""
    for domain in ("Page", "Network", "Runtime", "Log"):
        tab.call(f"{domain}.enable")
    tab.call("Emulation.setDeviceMetricsOverride", width=WIDTH, height=HEIGHT, deviceScaleFactor=1, mobile=False)
    tab.call("Page.navigate", url=f"{api}/docs")
    tab.click(".btn.authorize")
    tab.type(".auth-container input", token)
    tab.click(".auth-btn-wrapper .authorize")
    tab.click(".auth-btn-wrapper .btn-done")


def answer_to(tab, operation, body=None, picture=None):
    """Tries an operation. Returns the status and the text of the answer that the page shows."""
    tab.click(f"{operation} .opblock-summary-control")
    tab.click(f"{operation} .try-out__btn")
    if body:
        tab.type(f"{operation} .body-param__text", body)
    if picture:
        take(tab, picture)
    tab.click(f"{operation} .execute")
    tab.wait(f"{operation} {STATUS}")
    answer = f'document.querySelector("{operation} {STATUS.rpartition(" ")[0]}")'
    status = tab.value(f'document.querySelector("{operation} {STATUS}").firstChild.textContent.trim()')
    return status, tab.value(f"{answer}.textContent")


def take(tab, picture):
    """Saves a picture of the open operation."""
    tab.call("Emulation.setDeviceMetricsOverride", width=WIDTH, height=HEIGHT, deviceScaleFactor=SCALE, mobile=False)
    tab.value(f'document.querySelector("{CREATE}").scrollIntoView() || scrollBy(0, -20)')
    Path(picture).write_bytes(base64.b64decode(tab.call("Page.captureScreenshot", format="png")["data"]))


def complaints(events, api):
    """One sentence for each request to another host and for each error that the page or the browser logged."""
    return list(_complaints(events, api))


def _complaints(events, api):
    for event in list(events):
        told = event["params"]
        if event["method"] == "Network.requestWillBeSent":
            url = told["request"]["url"]
            if not url.startswith((f"{api}/", "data:", "blob:")):
                yield f"The page contacts another host: {url}."
        elif event["method"] == "Runtime.exceptionThrown":
            yield f"The page throws: {told['exceptionDetails'].get('exception', {}).get('description', told)}"
        elif event["method"] == "Runtime.consoleAPICalled" and told["type"] in ("error", "assert"):
            yield f"The page logs an error: {' '.join(str(part.get('value', part)) for part in told['args'])}"
        elif event["method"] == "Log.entryAdded" and told["entry"]["level"] == "error":
            yield f"The browser logs an error: {told['entry']['text']} ({told['entry'].get('url')})"


def titles(api, token):
    request = urllib.request.Request(f"{api}/api/me/tasks", headers={"Authorization": f"Bearer {token}"})
    with urllib.request.urlopen(request, timeout=30) as answer:
        return [task["title"] for task in json.load(answer)]


if __name__ == "__main__":
    supervise()
    sentences = wrong_on_the_page(os.environ["API"], os.environ["TOKEN"], *sys.argv[1:])
    print(*sentences, sep="\n", end="\n" if sentences else "")
    sys.exit(1 if sentences else 0)
