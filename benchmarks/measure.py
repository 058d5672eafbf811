"""Runs a command and prints its exit status, wall time, processor time and peak memory as JSON.

    python3 -I -S measure.py LOG COMMAND...

A process of its own and with few imports, because Linux counts what a process held before it turned into another program
towards that program's peak: the caller's memory would be the floor of every measurement.
"""
import json
import os
import sys
import time

with open(sys.argv[1], 'ab') as log:
    start = time.perf_counter()
    process = os.posix_spawnp(sys.argv[2], sys.argv[2:], os.environ, file_actions=[
        (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
        (os.POSIX_SPAWN_DUP2, log.fileno(), 1),
        (os.POSIX_SPAWN_DUP2, log.fileno(), 2)])
    _, status, usage = os.wait4(process, 0)
    seconds = time.perf_counter() - start
print(json.dumps({'status': os.waitstatus_to_exitcode(status), 'seconds': round(seconds, 4),
                  'cpu_seconds': round(usage.ru_utime + usage.ru_stime, 4), 'peak_mb': round(usage.ru_maxrss / 1024, 1)}))
