#!/usr/bin/python3
"""A proxy that only knows CONNECT, and leads well-known names to servers on this machine.

    connect_proxy.py READY NAME=PORT...        NAME may begin with "*."

So the program can be run with the names, certificates and host styles of production. READY gets the
proxy's port; a line per tunnel goes to standard output.
"""
import fnmatch
import os
import socket
import sys
import threading


def pump(source, target):
    try:
        while True:
            data = source.recv(65536)
            if not data:
                break
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)
    except OSError:
        pass


def serve(client, routes):
    with client:
        request = b''
        while b'\r\n\r\n' not in request:
            more = client.recv(4096)
            if not more:
                return
            request += more
        method, target = request.split(b' ')[:2]
        host = target.decode().rpartition(':')[0]
        port = next((port for name, port in routes if fnmatch.fnmatch(host, name)), None)
        print(method.decode(), host, port, flush=True)
        if method != b'CONNECT' or port is None:
            client.sendall(b'HTTP/1.1 502 no such way\r\nContent-Length: 0\r\n\r\n')
            return
        with socket.create_connection(('127.0.0.1', port)) as server:
            client.sendall(b'HTTP/1.1 200 go on\r\n\r\n')
            back = threading.Thread(target=pump, args=(server, client), daemon=True)
            back.start()
            pump(client, server)
            back.join()


def main():
    ready = sys.argv[1]
    routes = [(name, int(port)) for name, _, port in (a.partition('=') for a in sys.argv[2:])]
    listener = socket.create_server(('127.0.0.1', 0))
    with open(ready + '.new', 'w') as file:
        file.write('%d\n' % listener.getsockname()[1])
    os.rename(ready + '.new', ready)
    while True:
        client, _ = listener.accept()
        threading.Thread(target=serve, args=(client, routes), daemon=True).start()


if __name__ == '__main__':
    main()
