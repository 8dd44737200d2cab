import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Log } from './log.js';

/** How often the folder is looked at, in milliseconds; the documentation says only that new files are found by themselves. */
const every = 1000;

/** Licenses of the broker, of extensions and of Data Hub, by the end of their name. */
const isLicense = /\.(lic|elic|plic)$/;

/**
 * What this stand-in takes for a valid license: real ones are signed by the vendor. The first line is the marker, and
 * nothing more is read. As in a real installation the file may also be that text in Base64.
 */
export const licenseMarker = 'HIVEMQ-SIMULATED-LICENSE';

function isValid(bytes: Buffer): boolean {
  const text = bytes.toString('utf8');
  const decoded = Buffer.from(text, 'base64').toString('utf8');
  return [text, decoded].some((content) => content.split(/\r?\n/)[0]?.trim() === licenseMarker);
}

/** The license folder. The line for a damaged file is the vendor's; those for a valid one and for none are this stand-in's. */
export class Licenses {
  private known = new Map<string, { stamp: string; valid: boolean }>();
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly folder: string,
    private readonly log: Log,
  ) {}

  /** Whether a license of the broker itself is in effect. */
  get licensed(): boolean {
    return [...this.known].some(([name, { valid }]) => valid && name.endsWith('.lic'));
  }

  start(): void {
    this.scan();
    if (!this.licensed) this.log.info('No valid license file found. HiveMQ runs in evaluation mode.');
    this.timer = setInterval(() => this.scan(), every).unref();
  }

  private scan(): void {
    const names = existsSync(this.folder)
      ? readdirSync(this.folder)
          .filter((name) => isLicense.test(name))
          .sort()
      : [];
    const found = new Map<string, { stamp: string; valid: boolean }>();
    for (const name of names) {
      try {
        const file = join(this.folder, name);
        const { mtimeMs, size, ino } = statSync(file);
        const stamp = `${mtimeMs} ${size} ${ino}`;
        const before = this.known.get(name);
        const now = before?.stamp === stamp ? before : { stamp, valid: isValid(readFileSync(file)) };
        found.set(name, now);
        if (now === before) continue;
        if (now.valid) this.log.info(`License file ${name} is valid.`);
        else this.log.error(`License file ${name} is corrupt.`);
      } catch {
        // Removed meanwhile.
      }
    }
    this.known = found;
  }

  stop(): void {
    clearInterval(this.timer);
  }
}
