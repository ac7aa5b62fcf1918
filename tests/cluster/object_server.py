"""An object of any size that nobody has stored, read by ranges as from S3.

    object_server.py READY BYTES [clean]

Serves one object of about BYTES bytes on a free port of the loopback interface, and writes the port
and the size to the file READY. The object is a header, and after it some thousand records again
and again, among them some with line breaks in their values and, unless it is to be clean, with defects;
it ends with a whole record.
"""
import os
import re
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

HEADER = b'id,name,amount\n'
CLEAN = sys.argv[3:] == ['clean']


def record(i):
    if i % 7919 == 11 and not CLEAN:
        return b'%d,too,many,fields\n' % i
    if i % 5 == 0:
        return b'%d,"two\nlines, ""and"" more",%d\n' % (i, i * 3)
    return b'%d,plain text of the record,%d\n' % (i, i * 3)


PATTERN = b''.join(record(i) for i in range(100000))


class Handler(BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'

    def log_message(self, *args):
        pass

    def send_range(self, first, last):
        at = first
        while at <= last:
            if at < len(HEADER):
                piece = HEADER[at:]
            else:
                piece = memoryview(PATTERN)[(at - len(HEADER)) % len(PATTERN):]
            piece = piece[:last + 1 - at]
            self.wfile.write(piece)
            at += len(piece)

    def do_GET(self):
        asked = re.fullmatch(r'bytes=(\d+)-(\d+)', self.headers.get('Range', ''))
        if asked is None:
            self.send_error(400)
            return
        first, last = int(asked[1]), min(int(asked[2]), self.server.size - 1)
        self.send_response(206)
        self.send_header('ETag', '"one"')
        self.send_header('Content-Range', 'bytes %d-%d/%d' % (first, last, self.server.size))
        self.send_header('Content-Length', str(last - first + 1))
        self.end_headers()
        self.send_range(first, last)


def main():
    server = ThreadingHTTPServer(('127.0.0.1', 0), Handler)
    server.daemon_threads = True
    server.size = len(HEADER) + max(1, int(sys.argv[2]) // len(PATTERN)) * len(PATTERN)
    with open(sys.argv[1] + '.new', 'w') as ready:
        ready.write('%d %d\n' % (server.server_port, server.size))
    os.rename(sys.argv[1] + '.new', sys.argv[1])
    server.serve_forever()


main()
