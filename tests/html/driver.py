"""A browser that obeys: Chromium by chromedriver, over the WebDriver protocol, without a library."""
import json
import os
import re
import subprocess
import tempfile
import urllib.request

ELEMENT = 'element-6066-11e4-a52e-4f735466cecf'
KEYS = {'tab': '\ue004', 'enter': '\ue007'}
DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class Browser:
    def __init__(self):
        self.home = tempfile.TemporaryDirectory()
        self.server = subprocess.Popen(['chromedriver', '--port=0'], stdout=subprocess.PIPE,
                                       stderr=subprocess.DEVNULL, text=True,
                                       env={**os.environ, 'HOME': self.home.name})
        self.base = self.path = None
        try:
            self.begin()
        except BaseException:
            self.close()
            raise

    def begin(self):
        for line in self.server.stdout:
            port = re.search(r'successfully on port (\d+)', line)
            if port:
                self.base = f'http://127.0.0.1:{port[1]}'
                break
        options = {'args': ['--headless=new', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage',
                            f'--user-data-dir={self.home.name}/profile', '--window-size=1100,900',
                            '--no-first-run', '--disable-background-networking']}
        session = self.ask('POST', '/session', {'capabilities': {'alwaysMatch': {
            'browserName': 'chrome', 'goog:chromeOptions': options,
            'goog:loggingPrefs': {'browser': 'ALL', 'performance': 'ALL'}}}})
        self.path = '/session/' + session['sessionId']

    def ask(self, method, path, body=None):
        request = urllib.request.Request(self.base + path, method=method, data=None if body is None
                                         else json.dumps(body).encode())
        try:
            with DIRECT.open(request, timeout=60) as answer:
                return json.load(answer)['value']
        except urllib.error.HTTPError as error:
            raise SystemExit(f'{path}: {error.read().decode()[:500]}') from None

    def open(self, url):
        self.ask('POST', self.path + '/url', {'url': url})

    def run(self, script, *arguments):
        return self.ask('POST', self.path + '/execute/sync', {'script': script, 'args': arguments})

    def find(self, selector):
        return self.ask('POST', self.path + '/element', {'using': 'css selector', 'value': selector})

    def click(self, selector):
        self.ask('POST', f'{self.path}/element/{self.find(selector)[ELEMENT]}/click', {})

    def type(self, selector, text):
        element = self.find(selector)[ELEMENT]
        self.ask('POST', f'{self.path}/element/{element}/value', {'text': text})

    def press(self, key):
        keys = [{'type': kind, 'value': KEYS[key]} for kind in ('keyDown', 'keyUp')]
        self.ask('POST', self.path + '/actions', {'actions': [{'type': 'key', 'id': 'k', 'actions': keys}]})

    def devtools(self, command, **parameters):
        return self.ask('POST', self.path + '/goog/cdp/execute', {'cmd': command, 'params': parameters})

    def log(self, kind):
        return self.ask('POST', self.path + '/se/log', {'type': kind})

    def close(self):
        try:
            if self.path:
                self.ask('DELETE', self.path)
        finally:
            self.server.terminate()
            self.server.wait()
            self.home.cleanup()
