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
GOOD = 200


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
        headers = {"Host": "localhost", "Cookie": self._plan["cookie"]}
        try:
            self._connection.request("GET", act["address"], headers=headers)
            answer = self._connection.getresponse()
            body = answer.read()
        except (OSError, http.client.HTTPException) as error:
            self._connection.close()
            return type(error).__name__
        if answer.status != GOOD:
            return f"status {answer.status}"
        return "" if act["wants"].encode() in body else "another page"


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
