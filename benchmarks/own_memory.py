"""Runs a command and samples the memory that is its own while it runs."""
import os
import time

# Short enough to see what a stage holds; the kernel counts these pages without a high-water mark that could be read later.
INTERVAL_SECONDS = 0.002


def _own_bytes(pid):
    """RssAnon and RssShmem of Linux: pages that are no file's, so that only swapping could move them out."""
    total = 0
    with open(f'/proc/{pid}/status', encoding='utf-8') as file:
        for line in file:
            if line.startswith(('RssAnon:', 'RssShmem:')):
                total += int(line.split()[1]) * 1024
    return total


def run(command, log, environment=None):
    """{status, seconds, own_mb, peak_mb} of a command; own_mb is the peak of its own pages, peak_mb that of all, mapped files included."""
    with open(log, 'ab') as output:
        start = time.perf_counter()
        pid = os.posix_spawnp(command[0], command, environment or os.environ, file_actions=[
            (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
            (os.POSIX_SPAWN_DUP2, output.fileno(), 1),
            (os.POSIX_SPAWN_DUP2, output.fileno(), 2)])
        most = 0
        while True:
            ended, status, usage = os.wait4(pid, os.WNOHANG)
            if ended:
                break
            most = max(most, _own_bytes(pid))
            time.sleep(INTERVAL_SECONDS)
        seconds = time.perf_counter() - start
    return {'status': os.waitstatus_to_exitcode(status), 'seconds': round(seconds, 3),
            'own_mb': round(most / 2**20, 1), 'peak_mb': round(usage.ru_maxrss / 1024, 1)}
