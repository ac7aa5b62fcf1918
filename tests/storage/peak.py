#!/usr/bin/python3
"""Runs a command and prints its peak memory and its times: VmHWM in kB, CPU seconds, wall seconds.

    peak.py OUTPUT COMMAND...      the command's standard output goes to OUTPUT

VmHWM is read from /proc while the command runs, some hundred times a second: what getrusage tells
about a child includes the memory of its parent before exec.
"""
import os
import subprocess
import sys
import time


def high_water(pid):
    try:
        with open('/proc/%d/status' % pid, encoding='ascii', errors='replace') as file:
            for line in file:
                if line.startswith('VmHWM:'):
                    return int(line.split()[1])
    except OSError:
        pass
    return 0


def main():
    start, peak = time.monotonic(), 0
    with open(sys.argv[1], 'w') as output:
        process = subprocess.Popen(sys.argv[2:], stdout=output)
    expected = os.path.realpath(sys.argv[2])
    while True:
        pid, status, usage = os.wait4(process.pid, os.WNOHANG)
        if pid:
            break
        try:
            if os.readlink('/proc/%d/exe' % process.pid) == expected:  # not before exec
                peak = max(peak, high_water(process.pid))
        except OSError:
            pass
        time.sleep(0.003)
    print(peak, '%.2f' % (usage.ru_utime + usage.ru_stime), '%.2f' % (time.monotonic() - start))
    sys.exit(os.waitstatus_to_exitcode(status))


if __name__ == '__main__':
    main()
