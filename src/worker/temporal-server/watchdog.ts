import { spawn } from 'node:child_process';
import { Socket } from 'node:net';

/** Ends the watchdog without touching what it watches over. */
export type CallOff = () => void;

/**
 * Ends the process when this one is gone, whatever the reason: a small shell holds the other end of a pipe, which the
 * kernel closes even after SIGKILL. Needs nothing but a POSIX shell, unlike the parent-death signal of Linux, and is
 * not bound to the thread that starts it.
 *
 * @param pid a process that this one started
 */
export function endWithThisProcess(pid: number): CallOff {
  // Asks every 0.1 s whether the process is still there, so that SIGKILL cannot meet a later owner of its number.
  const wait = 'i=0; while [ $i -lt 100 ]; do kill -0 "$1" || exit 0; sleep 0.1; i=$((i+1)); done';
  const script = `read -r _; exec 2>/dev/null; kill -TERM "$1"; ${wait}; kill -KILL "$1"`;
  const watchdog = spawn('/bin/sh', ['-c', script, 'hivekeeper-watchdog', String(pid)], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  watchdog.on('error', () => undefined);
  // Writing to a watchdog that somebody else ended must not bring this process down.
  watchdog.stdin.on('error', () => undefined);
  watchdog.unref();
  if (watchdog.stdin instanceof Socket) watchdog.stdin.unref();
  return () => {
    // SIGKILL, because the shell would otherwise see the end of its pipe first and do its work.
    watchdog.kill('SIGKILL');
  };
}
