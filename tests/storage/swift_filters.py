"""Paste filters that make a Swift with s3api behave like S3 with temporary credentials.

The credentials are a JSON file that is read for every request:
    {"ACCESS": {"secret": ..., "token": ..., "expires": epoch, "prefix": "bucket/key"}}
SessionToken stands before s3api and checks what Swift does not know about; SecretLookup stands where
an auth system would, and lets s3api check the signature.
"""
import json
import re
import time


def load(path):
    with open(path) as file:
        return json.load(file)


def error(start_response, status, code, message):
    body = ('<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>%s</Code><Message>%s</Message>'
            '</Error>' % (code, message)).encode()
    start_response(status, [('Content-Type', 'application/xml'), ('Content-Length', str(len(body)))])
    return [body]


class SessionToken:
    def __init__(self, app, conf):
        self.app, self.path = app, conf['credentials']

    def __call__(self, env, start_response):
        header = env.get('HTTP_AUTHORIZATION', '')
        match = re.match(r'AWS4-HMAC-SHA256 Credential=([^/]+)/.*SignedHeaders=([^,]+)', header)
        if not match or env.get('swift.source'):
            return self.app(env, start_response)
        access, signed = match.group(1), match.group(2).split(';')
        known = load(self.path).get(access)
        if known is None:
            return error(start_response, '403 Forbidden', 'InvalidAccessKeyId', 'unknown key')
        refusal = self.judge(env, known, signed)
        if refusal:
            return error(start_response, *refusal)
        return self.app(env, start_response)

    @staticmethod
    def judge(env, known, signed):
        if 'token' in known:
            if env.get('HTTP_X_AMZ_SECURITY_TOKEN') != known['token']:
                return '400 Bad Request', 'InvalidToken', 'The provided token is malformed.'
            if 'x-amz-security-token' not in signed:
                return '403 Forbidden', 'AccessDenied', 'The token is not signed.'
            if known['expires'] < time.time():
                return '400 Bad Request', 'ExpiredToken', 'The provided token has expired.'
            if env['REQUEST_METHOD'] in ('PUT', 'POST') and not env.get('CONTENT_LENGTH'):
                return '411 Length Required', 'MissingContentLength', 'A length is needed.'
        path = env['PATH_INFO'].encode('latin-1').decode('utf-8', 'replace')  # WSGI's idea of bytes
        if 'prefix' in known and not path.lstrip('/').startswith(known['prefix']):
            return '403 Forbidden', 'AccessDenied', 'Access Denied'
        return None


class SecretLookup:
    def __init__(self, app, conf):
        self.app, self.path = app, conf['credentials']

    def __call__(self, env, start_response):
        details = env.get('s3api.auth_details')
        if details:
            access = details['access_key']
            known = load(self.path).get(access)
            if known is None or not details['check_signature'](known['secret']):
                start_response('401 Unauthorized', [('Content-Length', '0')])
                return [b'']
            env['PATH_INFO'] = env['PATH_INFO'].replace(access, 'AUTH_test', 1)
            env['REMOTE_USER'] = 'test,test:user,AUTH_test'
            env['swift_owner'] = True
            env['swift.authorize'] = lambda request: None
        return self.app(env, start_response)


def session_token(global_conf, **local_conf):
    conf = dict(global_conf, **local_conf)
    return lambda app: SessionToken(app, conf)


def secret_lookup(global_conf, **local_conf):
    conf = dict(global_conf, **local_conf)
    return lambda app: SecretLookup(app, conf)
