#!/usr/bin/python3
"""OpenStack Swift (Debian's python3-swift) as a strict S3 server: four servers in one process.

    swift_server.py FOLDER CREDENTIALS.json READY

Loopback only, ports of the system's choice; READY gets the address when it listens.
"""
import array
import os
import sys
import time

os.environ['EVENTLET_NO_GREENDNS'] = 'yes'
os.environ['TZ'] = 'UTC'
time.tzset()
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import eventlet  # noqa: E402
eventlet.monkey_patch()
import eventlet.wsgi  # noqa: E402
from swift.common import storage_policy  # noqa: E402
from swift.common.ring import RingData  # noqa: E402
from swift.common.utils import NullLogger, set_swift_dir  # noqa: E402
from swift.common.wsgi import SwiftHttpProtocol, loadapp  # noqa: E402

BACKEND = '''[DEFAULT]
swift_dir = {etc}
devices = {folder}/node
mount_check = false
recon_cache_path = {folder}/cache
log_udp_host = 127.0.0.1
log_udp_port = 9
[pipeline:main]
pipeline = server
[app:server]
use = egg:swift#{kind}
'''
# The last one has to be called proxy-server: s3api looks for that name.
PROXY = '''[DEFAULT]
swift_dir = {etc}
log_udp_host = 127.0.0.1
log_udp_port = 9
[pipeline:main]
pipeline = catch_errors token s3api secret bulk slo keymaster encryption proxy-server
[filter:catch_errors]
use = egg:swift#catch_errors
[filter:token]
paste.filter_factory = swift_filters:session_token
credentials = {credentials}
[filter:s3api]
use = egg:swift#s3api
location = eu-central-1
auth_pipeline_check = false
max_upload_part_num = 10000
[filter:secret]
paste.filter_factory = swift_filters:secret_lookup
credentials = {credentials}
[filter:bulk]
use = egg:swift#bulk
[filter:slo]
use = egg:swift#slo
[filter:keymaster]
use = egg:swift#keymaster
encryption_root_secret = Y3N2a2l0IHRlc3QgZW5jcnlwdGlvbiByb290IHNlY3JldCE=
[filter:encryption]
use = egg:swift#encryption
[app:proxy-server]
use = egg:swift#proxy
account_autocreate = true
'''


def write(path, text):
    with open(path, 'w') as file:
        file.write(text)
    return path


def serve(listener, conf):
    app = loadapp(conf, global_conf={'log_name': 'swift'})
    return eventlet.spawn(eventlet.wsgi.server, listener, app, NullLogger(),
                          protocol=SwiftHttpProtocol, capitalize_response_headers=False,
                          socket_timeout=60)


def make_ring(etc, kind, port):
    device = {'id': 0, 'zone': 1, 'region': 1, 'device': 'disk', 'ip': '127.0.0.1', 'port': port,
              'replication_ip': '127.0.0.1', 'replication_port': port, 'weight': 1.0, 'meta': ''}
    RingData([array.array('H', [0] * 16)], [device], 28).save('%s/%s.ring.gz' % (etc, kind))


def main():
    folder, credentials, ready = (os.path.abspath(argument) for argument in sys.argv[1:4])
    etc = folder + '/etc'
    for directory in (etc, folder + '/node/disk', folder + '/cache'):
        os.makedirs(directory, exist_ok=True)
    write(etc + '/swift.conf', '[swift-hash]\nswift_hash_path_suffix = csvkit\n'
          'swift_hash_path_prefix = test\n[storage-policy:0]\nname = only\ndefault = yes\n')
    set_swift_dir(etc)
    storage_policy.reload_storage_policies()
    names = {'etc': etc, 'folder': folder, 'credentials': credentials}
    for kind in ('account', 'container', 'object'):
        listener = eventlet.listen(('127.0.0.1', 0))
        make_ring(etc, kind, listener.getsockname()[1])
        serve(listener, write('%s/%s.conf' % (etc, kind), BACKEND.format(kind=kind, **names)))
    listener = eventlet.listen(('127.0.0.1', 0))
    proxy = serve(listener, write(etc + '/proxy.conf', PROXY.format(**names)))
    write(ready + '.new', 'http://127.0.0.1:%d\n' % listener.getsockname()[1])
    os.rename(ready + '.new', ready)
    proxy.wait()


if __name__ == '__main__':
    main()
