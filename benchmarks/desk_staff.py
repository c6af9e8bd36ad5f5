"""The staff at their browsers: many signed-in people, each with a connection of their own, each acting on time.

    python benchmarks/desk_staff.py < plan.json > done.json       (started by `desk.py`)

Only the standard library, so that it costs little. Each answer is timed from the moment at which it was due, not from
the moment at which it could be sent: whoever has to wait for the last page waits.
"""

import http.client
import json
import resource
import sys
import threading
import time
from typing import Any

TIMEOUT_SECONDS = 30
GOOD, MOVED = 200, 302
TOKEN = "a" * 32


class Person(threading.Thread):
    """One member of staff; `done`: page, seconds after the begin at which it was due, milliseconds, what went wrong."""

    def __init__(self, plan: dict[str, Any], port: int, begin: float) -> None:
        super().__init__()
        self._plan = plan
        self._begin = begin
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=TIMEOUT_SECONDS)
        self.done: list[tuple[str, float, float, str]] = []

    def run(self) -> None:
        for act in self._plan["acts"]:
            due = self._begin + act["at"]
            time.sleep(max(due - time.monotonic(), 0))
            wrong = self._ask(act)
            self.done.append((act["page"], act["at"], (time.monotonic() - due) * 1000, wrong))

    def _ask(self, act: dict[str, Any]) -> str:
        """A page, or a form that was filled in and the page to which its answer leads."""
        try:
            status, leads_to, body = self._send(act["address"], act["form"])
            if status == MOVED:
                status, _, body = self._send(leads_to, "")
        except (OSError, http.client.HTTPException) as error:
            self._connection.close()
            return type(error).__name__
        if status != GOOD:
            return f"status {status}"
        return "" if act["wants"].encode() in body else "another page"

    def _send(self, address: str, form: str) -> tuple[int, str, bytes]:
        headers = {"Host": "localhost", "Cookie": f"{self._plan['cookie']}; csrftoken={TOKEN}"}
        if form:
            headers |= {"Content-Type": "application/x-www-form-urlencoded", "X-CSRFToken": TOKEN}
        self._connection.request("POST" if form else "GET", address, body=form or None, headers=headers)
        answer = self._connection.getresponse()
        return answer.status, answer.headers.get("Location", ""), answer.read()


def main() -> None:
    plan = json.load(sys.stdin)
    begin = time.monotonic() + 1
    people = [Person(one, plan["port"], begin) for one in plan["people"]]
    for person in people:
        person.start()
    for person in people:
        person.join()
    used = resource.getrusage(resource.RUSAGE_SELF)
    done = [row for person in people for row in person.done]
    json.dump({"done": done, "cpu": used.ru_utime + used.ru_stime}, sys.stdout)


if __name__ == "__main__":
    main()
