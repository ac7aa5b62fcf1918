"""An object store in memory that is as strict as S3, Azure Blob Storage and Google Cloud Storage.

What it says is from the stores' public documentation, except where a comment says "from memory".
One handler speaks all three: AWS4 in Authorization means S3, a `sig=` in the query means Azure, the
rest is GCS. Grants are what the Storage API gave away: who may touch which keys until when.
"""
import base64
import calendar
import hashlib
import hmac
import re
import time
import urllib.parse
import uuid


def sha256(data):
    return hashlib.sha256(data).hexdigest()


def sign_v4(secret, method, path, query, headers, names, payload, scope):
    """The signature of a request; `scope` is date/region/service/aws4_request."""
    pairs = sorted(p if '=' in p else p + '=' for p in query.split('&') if p)
    lines = ''.join('%s:%s\n' % (n, ' '.join(headers[n].split())) for n in names)
    canonical = '\n'.join([method, path, '&'.join(pairs), lines, ';'.join(names), payload])
    to_sign = '\n'.join(['AWS4-HMAC-SHA256', headers['x-amz-date'], scope,
                         sha256(canonical.encode())])
    key = ('AWS4' + secret).encode()
    for part in scope.split('/'):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    return hmac.new(key, to_sign.encode(), hashlib.sha256).hexdigest()


class Refused(Exception):
    def __init__(self, status, code, message='', headers=None):
        super().__init__(code)
        self.status, self.code, self.message, self.headers = status, code, message, headers or {}


class Grant:
    """What one set of credentials may do."""

    def __init__(self, bucket, key, sliced, write, encrypted, expires):
        self.bucket, self.key, self.sliced, self.write = bucket, key, sliced, write
        self.encrypted, self.expires = encrypted, expires

    def allows(self, bucket, key):
        return bucket == self.bucket and (key.startswith(self.key) if self.sliced
                                          else key == self.key)


class ObjectStore:
    def __init__(self):
        self.objects, self.uploads = {}, {}
        self.s3, self.sas, self.bearers = {}, {}, {}
        self.allow_abort, self.scheme = False, 'http'
        self.clock = 0  # seconds that our clock is ahead
        self.short_308 = 0  # how often a part of a session is kept in part only

    # ---- credentials -------------------------------------------------------------------------
    def grant_s3(self, grant):
        access, secret = 'ASIA' + uuid.uuid4().hex[:16].upper(), 'canarySECRET' + uuid.uuid4().hex
        self.s3[access] = (secret, 'session/' + uuid.uuid4().hex + '==', grant)
        return access, secret, self.s3[access][1]

    def grant_sas(self, grant):
        signature = base64.b64encode(uuid.uuid4().bytes).decode()
        end = time.strftime('%Y-%m-%dT%H:%M:%SZ', time.gmtime(grant.expires))
        sas = 'sv=2017-11-09&sr=c&se=%s&sp=%s&sig=%s' % (
            urllib.parse.quote(end, ''), 'rwl' if grant.write else 'rl',
            urllib.parse.quote(signature, ''))
        self.sas[signature] = grant
        return sas

    def grant_bearer(self, grant):
        token = 'ya29.' + uuid.uuid4().hex
        self.bearers[token] = grant
        return token

    # ---- dispatch ----------------------------------------------------------------------------
    def expire(self):
        """All credentials given so far run out."""
        grants = [grant for _, _, grant in self.s3.values()]
        for grant in grants + list(self.sas.values()) + list(self.bearers.values()):
            grant.expires = 0

    def handle(self, request):
        """request: method, raw_path, query (raw), headers (lower-case), body -> status, headers, body"""
        try:
            if request.headers.get('authorization', '').startswith('AWS4-HMAC-SHA256 '):
                return self.serve_s3(request)
            if 'sig=' in request.query:
                return self.serve_azure(request)
            return self.serve_gcs(request)
        except Refused as refused:
            text = '<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>%s</Code><Message>%s' \
                   '</Message></Error>' % (refused.code, refused.message)
            return refused.status, dict(refused.headers, **{'Content-Type': 'application/xml'}), \
                text.encode()

    def store(self, bucket, key, data):
        self.objects[bucket, key] = data
        return {'ETag': '"%s"' % hashlib.md5(data).hexdigest()}

    # ---- S3 ----------------------------------------------------------------------------------
    def check_v4(self, request):
        match = re.fullmatch(r'AWS4-HMAC-SHA256 Credential=([^/]+)/(\S+), SignedHeaders=(\S+), '
                             r'Signature=([0-9a-f]{64})', request.headers['authorization'])
        if not match:
            raise Refused(400, 'AuthorizationHeaderMalformed')
        access, scope, names, signature = match.groups()
        names = names.split(';')
        if access not in self.s3:
            raise Refused(403, 'InvalidAccessKeyId')
        secret, session, grant = self.s3[access]
        if request.headers.get('x-amz-security-token') != session:
            raise Refused(400, 'InvalidToken')
        for name in ['host'] + [n for n in request.headers if n.startswith('x-amz-')]:
            if name not in names:
                raise Refused(403, 'AccessDenied', 'not signed: ' + name)
        payload = request.headers.get('x-amz-content-sha256')
        if payload is None:
            raise Refused(400, 'InvalidRequest', 'x-amz-content-sha256 is missing')
        sent = calendar.timegm(time.strptime(request.headers['x-amz-date'], '%Y%m%dT%H%M%SZ'))
        if abs(sent - time.time() - self.clock) > 900:  # which of two errors comes first: from memory
            raise Refused(403, 'RequestTimeTooSkewed', 'The difference between the request time and '
                          'the current time is too large.')
        expected = sign_v4(secret, request.method, request.raw_path, request.query,
                           request.headers, names, payload, scope)
        if expected != signature:
            raise Refused(403, 'SignatureDoesNotMatch')
        if grant.expires < time.time():
            raise Refused(400, 'ExpiredToken', 'The provided token has expired.')
        if payload not in ('UNSIGNED-PAYLOAD', sha256(request.body)):
            raise Refused(400, 'XAmzContentSHA256Mismatch')
        return grant

    def serve_s3(self, request):
        grant = self.check_v4(request)
        host = re.fullmatch(r'(.+)\.s3\.[a-z0-9-]+\.amazonaws\.com', request.headers['host'])
        path = ('/' + host.group(1) if host else '') + request.raw_path
        bucket, _, key = urllib.parse.unquote(path[1:]).partition('/')
        query = dict(urllib.parse.parse_qsl(request.query, keep_blank_values=True))
        if not grant.allows(bucket, key):
            raise Refused(403, 'AccessDenied', 'Access Denied')
        if request.method in ('GET', 'HEAD') and not grant.write:
            return self.fetch(request, bucket, key, 'NoSuchKey')
        if not grant.write or request.method not in ('PUT', 'POST', 'DELETE'):
            raise Refused(403, 'AccessDenied', 'Access Denied')
        if request.method in ('PUT', 'POST') and 'content-length' not in request.headers:
            raise Refused(411, 'MissingContentLength')
        creates = 'uploads' in query or not query
        if creates and grant.encrypted and \
                request.headers.get('x-amz-server-side-encryption') != 'AES256':
            raise Refused(403, 'AccessDenied', 'Access Denied')
        if query:
            return self.serve_multipart(request, bucket, key, query)
        return 200, self.store(bucket, key, request.body), b''

    def serve_multipart(self, request, bucket, key, query):
        if 'uploads' in query:
            upload = uuid.uuid4().hex
            self.uploads[upload] = (bucket, key, {})
            return 200, {}, ('<InitiateMultipartUploadResult><UploadId>%s</UploadId>'
                             '</InitiateMultipartUploadResult>' % upload).encode()
        upload = self.uploads.get(query.get('uploadId'))
        if upload is None or upload[:2] != (bucket, key):
            raise Refused(404, 'NoSuchUpload')
        parts = upload[2]
        if request.method == 'DELETE':
            if not self.allow_abort:
                raise Refused(403, 'AccessDenied', 'Access Denied')
            del self.uploads[query['uploadId']]
            return 204, {}, b''
        if request.method == 'PUT':
            etag = '"%s"' % hashlib.md5(request.body).hexdigest()
            parts[int(query['partNumber'])] = (etag, request.body)
            return 200, {'ETag': etag}, b''
        listed = re.findall(r'<PartNumber>(\d+)</PartNumber><ETag>([^<]+)</ETag>',
                            request.body.decode())
        numbers = [int(n) for n, _ in listed]
        if numbers != sorted(set(numbers)) or not numbers:
            raise Refused(400, 'InvalidPartOrder')
        for number, etag in listed:
            if parts.get(int(number), ('', b''))[0] != etag:
                raise Refused(400, 'InvalidPart')
        if any(len(parts[n][1]) < 5 << 20 for n in numbers[:-1]):
            raise Refused(400, 'EntityTooSmall')
        self.store(bucket, key, b''.join(parts[n][1] for n in numbers))
        del self.uploads[query['uploadId']]
        return 200, {}, b'<CompleteMultipartUploadResult><ETag>"x-%d"</ETag>' \
                        b'</CompleteMultipartUploadResult>' % len(numbers)

    def fetch(self, request, bucket, key, code):
        if (bucket, key) not in self.objects:
            raise Refused(404, code)
        data = self.objects[bucket, key]
        headers = {'ETag': '"%s"' % hashlib.md5(data).hexdigest()}
        asked = re.fullmatch(r'bytes=(\d+)-(\d+)', request.headers.get('range', ''))
        if asked is None or request.method != 'GET':
            return 200, headers, data
        first, last = int(asked[1]), min(int(asked[2]), len(data) - 1)
        if first > last:
            raise Refused(416, 'InvalidRange', headers={'Content-Range': 'bytes */%d' % len(data)})
        headers['Content-Range'] = 'bytes %d-%d/%d' % (first, last, len(data))
        return 206, headers, data[first:last + 1]

    # ---- Azure -------------------------------------------------------------------------------
    def serve_azure(self, request):
        query = dict(urllib.parse.parse_qsl(request.query, keep_blank_values=True))
        _, container, blob = urllib.parse.unquote(request.raw_path[1:]).split('/', 2)
        grant = self.sas.get(query.get('sig'))
        if grant is None or 'se=' not in request.query:
            raise Refused(403, 'AuthenticationFailed', 'Server failed to authenticate the request.')
        if grant.expires < time.time():
            raise Refused(403, 'AuthenticationFailed', 'Signature not valid in the specified time '
                          'frame')
        if container != grant.bucket or (request.method != 'GET' and not grant.write):
            raise Refused(403, 'AuthorizationPermissionMismatch')
        extra = {'x-ms-request-id': uuid.uuid4().hex}
        if request.method == 'GET':
            return self.fetch(request, container, blob, 'BlobNotFound')
        if request.method != 'PUT' or 'content-length' not in request.headers:
            raise Refused(400, 'MissingContentLengthHeader')
        md5 = request.headers.get('content-md5')
        if md5 and base64.b64decode(md5) != hashlib.md5(request.body).digest():
            raise Refused(400, 'Md5Mismatch')
        return 201, dict(extra, **self.put_azure(request, container, blob, query)), b''

    def put_azure(self, request, container, blob, query):
        blocks = self.uploads.setdefault((container, blob), {})
        if query.get('comp') == 'block':
            name = query['blockid']
            base64.b64decode(name, validate=True)
            if any(len(other) != len(name) for other in blocks):
                raise Refused(400, 'InvalidBlobOrBlock')
            blocks[name] = request.body
            return {}
        if query.get('comp') == 'blocklist':
            names = re.findall(r'<Latest>([^<]+)</Latest>', request.body.decode())
            if any(name not in blocks for name in names):
                raise Refused(400, 'InvalidBlockList')
            return self.store(container, blob, b''.join(blocks[name] for name in names))
        if request.headers.get('x-ms-blob-type') != 'BlockBlob':
            raise Refused(400, 'MissingRequiredHeader')
        return self.store(container, blob, request.body)

    # ---- GCS ---------------------------------------------------------------------------------
    def serve_gcs(self, request):
        bucket, _, key = urllib.parse.unquote(request.raw_path[1:]).partition('/')
        query = dict(urllib.parse.parse_qsl(request.query))
        if 'upload_id' in query:
            return self.serve_session(request, bucket, key, query['upload_id'])
        token = request.headers.get('authorization', '').partition('Bearer ')[2]
        grant = self.bearers.get(token)
        if grant is None or grant.expires < time.time():
            raise Refused(401, 'AuthenticationRequired')
        if not grant.allows(bucket, key) or (request.method != 'GET' and not grant.write):
            raise Refused(403, 'AccessDenied')
        if request.method == 'GET':
            return self.fetch(request, bucket, key, 'NoSuchKey')
        if request.method == 'POST' and request.headers.get('x-goog-resumable') == 'start':
            session = uuid.uuid4().hex
            self.uploads[session] = (bucket, key, bytearray())
            return 201, {'Location': '%s://%s%s?upload_id=%s' % (
                self.scheme, request.headers['host'], request.raw_path, session)}, b''
        md5 = request.headers.get('content-md5')
        if md5 and base64.b64decode(md5) != hashlib.md5(request.body).digest():
            raise Refused(400, 'BadDigest')
        return 200, self.store(bucket, key, request.body), b''

    def serve_session(self, request, bucket, key, session):
        if self.uploads.get(session, (None, None))[:2] != (bucket, key):
            raise Refused(404, 'NoSuchUpload')
        data = self.uploads[session][2]
        if request.method == 'DELETE':
            del self.uploads[session]
            return 499, {}, b''
        first, last, total = map(int, re.fullmatch(
            r'bytes (\d+)-(\d+)/(\d+)', request.headers['content-range']).groups())
        if first > len(data) or last - first + 1 != len(request.body):
            raise Refused(400, 'InvalidArgument')
        if last + 1 != total and len(request.body) % (256 << 10):
            raise Refused(400, 'InvalidArgument', 'not a multiple of 256 KiB')
        new = request.body[len(data) - first:]  # what is there already is not taken twice
        if self.short_308 > 0 and len(new) > 256 << 10:
            self.short_308 -= 1
            # how much is kept is up to the store; in multiples of 256 KiB, from memory
            new = new[:len(new) // 2 // (256 << 10) * (256 << 10) or 256 << 10]
        data += new
        if len(data) < total:
            return 308, {'Range': 'bytes=0-%d' % (len(data) - 1)}, b''
        return 200, self.store(bucket, key, bytes(data)), b''
