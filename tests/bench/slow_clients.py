# SPDX-License-Identifier: Apache-2.0
"""
Many slow clients of one queue: usage: slow_clients.py SOCKET-OR-PORT COUNT. Each sends a byte of a request's header each half
second and is replaced when the server has had enough of it. Says "open" when all are connected; ends at a line on standard
input, and says how many were connected on average.
"""
import resource
import select
import socket
import sys
import time

REQUEST = b"POST /ipp/print HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/ipp\r\nX-Slow: " + b"x" * 4000
EVERY_S = 0.5


def connect(target):
    s = socket.socket(socket.AF_INET if target.isdigit() else socket.AF_UNIX)
    s.connect(("127.0.0.1", int(target)) if target.isdigit() else target)
    s.setblocking(False)
    return s


def is_open(s):
    try:
        return s.recv(4096) != b""
    except BlockingIOError:
        return True
    except OSError:
        return False


def main():
    target, count = sys.argv[1], int(sys.argv[2])
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(hard, count + 64)), hard))
    clients = [[connect(target), 0] for _ in range(count)]
    print("open", flush=True)
    rounds = open_ones = 0
    due = time.monotonic()
    while not select.select([sys.stdin], [], [], max(0.0, due - time.monotonic()))[0]:
        due += EVERY_S
        rounds += 1
        for client in clients:
            open_ones += is_open(client[0])
            try:
                client[1] += client[0].send(REQUEST[client[1]:client[1] + 1])
            except OSError:
                client[0].close()
                client[:] = [connect(target), 0]
    print(open_ones // max(1, rounds), flush=True)


if __name__ == "__main__":
    main()
