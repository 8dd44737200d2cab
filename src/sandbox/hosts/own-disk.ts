import { quote } from './quote.js';

const FILLER = '.stage-filler';

/** Why a host has no disk that can be filled up. */
export function noDisk(name: string): string {
  return `The host ${name} has no disk of its own: that needs separate accounts, and a stage with diskBytes.`;
}

/** Mounts a small disk of its own over the folder, where only the host sees it. */
export function mountDisk(folder: string, bytes: number, owner: number): string {
  return `mount -t tmpfs -o size=${bytes},mode=755,uid=${owner},gid=${owner} hivekeeper ${quote(folder)}`;
}

/**
 * Fills the disk of the folder up to so many free bytes, or empties it again. A disk with less free space stays as it is.
 * The host's own `df` may claim other things, so the machine's is asked.
 */
export function fillDisk(folder: string, freeBytes: number | undefined): string {
  const filler = quote(`${folder}/${FILLER}`);
  const empty = `rm -f ${filler}`;
  if (freeBytes === undefined) return empty;
  const free = `$(/bin/df -B1 --output=avail ${quote(folder)} | tail -n 1)`;
  return `${empty}; more=$((${free} - ${freeBytes})); [ "$more" -le 0 ] || head -c "$more" /dev/zero >${filler}`;
}
