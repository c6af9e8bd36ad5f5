"""Shows one report file on this machine alone: `python3 tools/serve_report.py demo/report.html [--port N]`.

Needs no environment. It answers for that one file and nothing else, and listens on 127.0.0.1 only.
"""

from __future__ import annotations

import argparse
import sys
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

LOOPBACK = "127.0.0.1"
DEFAULT_PORT = 8600
POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"


def make_handler(report: Path) -> type[BaseHTTPRequestHandler]:
    """A handler class that knows one address, `/`, and one file."""

    class ReportHandler(BaseHTTPRequestHandler):
        """Answers `/` with the report, everything else with 404."""

        def do_GET(self) -> None:  # the name is http.server's
            """Send the report as it is on disk now."""
            if self.path.partition("?")[0] != "/":
                self.send_error(HTTPStatus.NOT_FOUND)
                return
            body = report.read_bytes()
            self.send_response(HTTPStatus.OK)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Content-Security-Policy", POLICY)
            self.send_header("Cache-Control", "no-store")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # the name is http.server's
            """Say nothing: the terminal keeps the address readable."""

    return ReportHandler


def open_server(report: Path, port: int) -> ThreadingHTTPServer:
    """A server for `report`, bound to the loopback address."""
    return ThreadingHTTPServer((LOOPBACK, port), make_handler(report))


def main() -> int:
    """Serve until Ctrl-C."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("report", type=Path)
    parser.add_argument("--port", type=int, default=DEFAULT_PORT)
    arguments = parser.parse_args()
    if not arguments.report.is_file():
        print(
            f"{arguments.report} がまだありません。先に make demo を実行してください。/ Run make demo first."
        )
        return 1
    try:
        server = open_server(arguments.report, arguments.port)
    except OSError:
        print(
            f"{arguments.port} 番は使用中です: python3 tools/serve_report.py {arguments.report} --port 8601"
        )
        return 1
    print(f"報告書: http://{LOOPBACK}:{server.server_port}/ （この機械からだけ開けます。終わるには Ctrl-C）")
    print("職員の画面は make serve で開けます。/ For the officers' desk: make serve.", flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        print()
    finally:
        server.server_close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
