"""Where the objects of the test project live: in memory, or in a real S3 or Azure server.

Each class reads, writes and lists with the owner's keys, and grants what an upload or a download gets.
"""
import base64
import hashlib
import hmac
import json
import os
import re
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid
import xml.etree.ElementTree

from object_store import sha256, sign_v4


def ask(request):
    """The body of the answer; None when there is no such thing."""
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.read()
    except urllib.error.HTTPError as error:
        if error.code == 404:
            return None
        raise


class LocalObjects:
    def __init__(self, store):
        self.store = store

    def read(self, bucket, key):
        return self.store.objects.get((bucket, key))

    def write(self, bucket, key, data):
        self.store.objects[bucket, key] = data

    def list(self, bucket, prefix):
        return [k for b, k in self.store.objects if b == bucket and k.startswith(prefix)]


class S3Objects:
    """Objects in a real S3 server that looks credentials up in a file: OWNER's, and those granted."""

    def __init__(self, url, credentials):
        self.url, self.file = url, credentials

    def owner(self):
        with open(self.file) as file:
            return json.load(file)['OWNER']['secret']

    def send(self, method, path, query='', data=b'', service='s3'):
        headers = {'host': urllib.parse.urlsplit(self.url).netloc,
                   'x-amz-date': time.strftime('%Y%m%dT%H%M%SZ', time.gmtime()),
                   'x-amz-content-sha256': sha256(data)}
        scope = '%s/eu-central-1/%s/aws4_request' % (headers['x-amz-date'][:8], service)
        names = sorted(headers)
        signature = sign_v4(self.owner(), method, path, query, headers, names, sha256(data), scope)
        headers['Authorization'] = 'AWS4-HMAC-SHA256 Credential=OWNER/%s, SignedHeaders=%s, ' \
            'Signature=%s' % (scope, ';'.join(names), signature)
        del headers['host']
        url = self.url + path + ('?' + query if query else '')
        return ask(urllib.request.Request(url, data if method in ('PUT', 'POST') else None, headers,
                                          method=method))

    def request(self, method, bucket, key='', data=b''):
        path = '/' + bucket + ('/' + urllib.parse.quote(key, '/~') if key else '')
        return self.send(method, path, data=data)

    def read(self, bucket, key):
        return self.request('GET', bucket, key)

    def write(self, bucket, key, data):
        self.request('PUT', bucket, key, data)

    def list(self, bucket, prefix):
        query = 'encoding-type=url&list-type=2&prefix=' + urllib.parse.quote(prefix, '')
        root = xml.etree.ElementTree.fromstring(self.send('GET', '/' + bucket, query))
        return [urllib.parse.unquote_plus(e.text) for e in root.iter() if e.tag.endswith('}Key')]

    def grant(self, grant):
        access, secret = 'ASIA' + uuid.uuid4().hex[:16].upper(), 'canarySECRET' + uuid.uuid4().hex
        session = 'session/' + uuid.uuid4().hex + '=='
        with open(self.file) as file:
            known = json.load(file)
        known[access] = {'secret': secret, 'token': session, 'expires': grant.expires,
                         'prefix': grant.bucket + '/' + grant.key}
        with open(self.file + '.new', 'w') as file:
            json.dump(known, file)
        os.rename(self.file + '.new', self.file)
        return access, secret, session


class RadosObjects(S3Objects):
    """Objects in radosgw, whose own STS gives the credentials of a role, narrowed by a policy."""

    def __init__(self, url, credentials, role):
        super().__init__(url, credentials)
        self.role = role

    def grant(self, grant):
        plain = re.match('[A-Za-z0-9/._-]*', grant.key).group()  # its policies know no other bytes
        star = '*' if grant.sliced or plain != grant.key else ''
        place = 'arn:aws:s3:::%s/%s%s' % (grant.bucket, plain, star)
        policy = {'Version': '2012-10-17', 'Statement': [
            {'Effect': 'Allow', 'Resource': [place],
             'Action': ['s3:PutObject', 's3:PutObjectAcl'] if grant.write else ['s3:GetObject']}]}
        fields = {'Action': 'AssumeRole', 'RoleArn': self.role, 'RoleSessionName': 'csvkit',
                  'DurationSeconds': '900', 'Version': '2011-06-15',
                  'Policy': json.dumps(policy, separators=(',', ':'))}
        body = '&'.join('%s=%s' % (k, urllib.parse.quote(v, '')) for k, v in fields.items())
        answer = self.send('POST', '/', data=body.encode(), service='sts').decode()
        return tuple(re.search('<%s>([^<]+)</%s>' % (name, name), answer).group(1)
                     for name in ('AccessKeyId', 'SecretAccessKey', 'SessionToken'))


class AzureObjects:
    """Objects in a real Azure server (Azurite) through service signatures of containers."""

    def __init__(self, url, key):
        self.url, self.key = url, base64.b64decode(key)
        self.account = url.rsplit('/', 1)[1]

    def sas(self, container, permissions, expires):
        end = time.strftime('%Y-%m-%dT%H:%M:%SZ', time.gmtime(expires))
        canonical = '/blob/%s/%s' % (self.account, container)
        text = '\n'.join([permissions, '', end, canonical, '', '', '', '2017-11-09',
                          '', '', '', '', ''])
        signature = base64.b64encode(hmac.new(self.key, text.encode(), hashlib.sha256).digest())
        return 'sv=2017-11-09&sr=c&se=%s&sp=%s&sig=%s' % (
            urllib.parse.quote(end, ''), permissions, urllib.parse.quote(signature.decode(), ''))

    def request(self, method, path, query, data=None, headers=None):
        url = '%s/%s?%s' % (self.url, path, query)
        return ask(urllib.request.Request(url, data, headers or {}, method=method))

    def make_container(self, container):
        date = time.strftime('%a, %d %b %Y %H:%M:%S GMT', time.gmtime())
        headers = 'x-ms-date:%s\nx-ms-version:2017-11-09\n' % date
        resource = '/%s/%s/%s\nrestype:container' % (self.account, self.account, container)
        text = 'PUT\n\n\n\n\n\n\n\n\n\n\n\n' + headers + resource
        signature = base64.b64encode(hmac.new(self.key, text.encode(), hashlib.sha256).digest())
        self.request('PUT', container, 'restype=container', b'', {
            'x-ms-date': date, 'x-ms-version': '2017-11-09', 'Content-Type': '',
            'Authorization': 'SharedKey %s:%s' % (self.account, signature.decode())})

    def read(self, bucket, key):
        return self.request('GET', '%s/%s' % (bucket, urllib.parse.quote(key, '/')),
                            self.sas(bucket, 'r', time.time() + 600))

    def write(self, bucket, key, data):
        self.request('PUT', '%s/%s' % (bucket, urllib.parse.quote(key, '/')),
                     self.sas(bucket, 'rw', time.time() + 600), data,
                     {'x-ms-blob-type': 'BlockBlob'})
