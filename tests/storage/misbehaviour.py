"""How the fake servers break a request when they are told to (fake_storage.py has the words)."""
import json
import os
import socket
import struct
import threading
import time

from spoiling import text_of

TOKEN = os.environ.get('FAKE_TOKEN', '578-1234-canaryTOKENcanaryTOKENcanary')


class Misbehaviour:
    """A part of the handler of a request: `rule` is what was put to /_fake/fault."""

    def reset(self):
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))
        self.close_connection = True
        self.rfile.close()
        self.connection.close()

    def refuse(self, seconds):
        for server in self.faults.servers:
            server.refuse(seconds, self.connection)

    def pause(self, rule):
        """Until the faults are reset, at most for the seconds of the rule."""
        end = time.monotonic() + rule['seconds']
        while time.monotonic() < end and any(known is rule for known in self.faults.rules):
            time.sleep(0.02)

    def misbehave(self, rule):
        mode = rule['mode']
        if mode == 'reset_before':
            self.reset()
        elif mode == 'reset_mid':
            self.read_body(int(self.low.get('content-length', 0)) // 2)
            self.reset()
        elif mode == 'close':
            self.close_connection = True
        elif mode == 'status':
            if 'expect' in self.low:
                self.close_connection = True
            else:
                self.read_body()
            self.answer(rule['status'], rule.get('headers', {}), rule.get('body', '').encode())
        else:
            self.break_answer(rule, self.read_body())

    # modes: reset_before reset_mid close status | reset_after cut html error200 xml200 slow ...
    def break_answer(self, rule, body):
        """Modes that come after the request was carried out, or look like an answer."""
        mode = rule['mode']
        if mode == 'reset_after':
            self.act(body)
            self.reset()
        elif mode == 'cut':
            status, headers, content = self.act(body)
            self.send_response(status)
            self.send_header('Content-Length', str(len(content) + 100))
            self.end_headers()
            self.wfile.write(content)
            self.close_connection = True
        elif mode == 'html':
            self.act(body) if rule.get('apply') else None
            self.answer(rule.get('status', 200), {'Content-Type': 'text/html'},
                        b'<html><body>gateway</body></html>')
        elif mode == 'error200':
            self.answer(200, {'Content-Type': 'application/json'}, json.dumps(
                {'status': 'error', 'error': rule.get('body', 'went wrong'), 'code': 'some.code',
                 'exceptionId': 'exception-200'}).encode())
        elif mode == 'xml200':
            self.answer(200, {}, b'<Error><Code>%s</Code><Message>late</Message></Error>' %
                        rule['body'].encode())
        elif mode == 'slow':
            time.sleep(rule['seconds'])
            self.answer(*self.act(body))
        elif mode == 'expire':  # all credentials run out while the request is on its way
            self.project.store.expire()
            self.answer(*self.act(body))
        elif mode == 'late':
            answer = self.act(body)
            self.pause(rule)
            self.answer(*answer)
        elif mode == 'flight':  # the sender is cut off, and the request arrives all the same, later
            threading.Timer(rule['seconds'], self.act, [body]).start()
            self.reset()
        elif mode == 'stall':
            self.pause(rule)
            self.reset()
        elif mode == 'big_header':
            self.answer(200, {'X-%d' % i: 'y' * 8000 for i in range(300)}, b'{}')
        elif mode == 'spoiled':  # an object store that repeats secrets in what it says
            text = text_of(self.project, TOKEN, rule['pad']).replace('&', '&amp;')
            self.answer(rule['status'], {'x-ms-error-code': text[:60]}, (
                '<Error><Code>%s</Code><Message>%s</Message></Error>' % (text, text)).encode())
        elif mode == 'unannounced':  # no length, and the end of the connection is the end
            status, _, content = self.act(body)
            self.send_response(status)
            self.send_header('Connection', 'close')
            self.end_headers()
            self.wfile.write(content[:rule.get('keep', len(content))])
            self.close_connection = True
        elif mode == 'refuse_next':  # whatever comes next finds nobody
            answer = self.act(body)
            self.refuse(rule['seconds'])
            self.close_connection = True
            self.answer(answer[0], dict(answer[1], Connection='close'), answer[2])
        elif mode == 'redirect':
            self.answer(307, {'Location': rule['body']}, b'')
