"""A server that speaks as much of S3 as reading takes: lists, heads and ranges of objects, files of a directory."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import escape

KEY = "someone"


@contextmanager
def served(root: Path) -> Iterator[str]:
    """Serves the directories of `root` as buckets to whoever signs as `KEY`; gives the server's address."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self._answer(body=True)

        def do_HEAD(self) -> None:
            self._answer(body=False)

        def log_message(self, *_: object) -> None:
            pass

        def _answer(self, *, body: bool) -> None:
            parts = urlsplit(self.path)
            bucket, _, key = unquote(parts.path).lstrip("/").partition("/")
            if f"Credential={KEY}/" not in self.headers.get("Authorization", ""):
                self._send(403, b"<Error><Code>AccessDenied</Code></Error>", body)
            elif not key:
                self._send(200, _listed(root / bucket, parse_qs(parts.query)), body)
            elif (file := root / bucket / key).is_file():
                self._object(file.read_bytes(), body)
            else:
                self._send(404, b"<Error><Code>NoSuchKey</Code></Error>", body)

        def _object(self, data: bytes, body: bool) -> None:
            asked = self.headers.get("Range", "")
            if not asked:
                self._send(200, data, body)
                return
            first, last = asked.removeprefix("bytes=").split("-")
            end = min(int(last or len(data) - 1), len(data) - 1)
            self._send(206, data[int(first) : end + 1], body, f"bytes {first}-{end}/{len(data)}")

        def _send(self, status: int, data: bytes, body: bool, part: str = "") -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(data)))
            self.send_header("Last-Modified", "Sun, 01 Mar 2026 12:00:00 GMT")
            if part:
                self.send_header("Content-Range", part)
            self.end_headers()
            if body:
                self.wfile.write(data)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def _listed(bucket: Path, query: dict[str, list[str]]) -> bytes:
    prefix = query.get("prefix", [""])[0]
    files = [file for file in sorted(bucket.rglob("*")) if file.is_file()]
    found = "".join(
        f"<Contents><Key>{escape(str(file.relative_to(bucket)))}</Key><Size>{file.stat().st_size}</Size>"
        "<LastModified>2026-03-01T12:00:00.000Z</LastModified></Contents>"
        for file in files
        if str(file.relative_to(bucket)).startswith(prefix)
    )
    return f"<ListBucketResult><IsTruncated>false</IsTruncated>{found}</ListBucketResult>".encode()
