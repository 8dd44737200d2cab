import { readFileSync } from 'node:fs';

/**
 * The simulated network fault: the file that HIVEMQ_SIM_BLOCK names lists, one per line, the addresses that this host
 * cannot exchange packets with (`*`: none at all). Packets are dropped, nothing is refused. Read four times a second.
 */
export class Firewall {
  private blocked = new Set<string>();
  private readonly listeners: (() => void)[] = [];

  constructor(private readonly file: string | undefined) {
    if (file === undefined) return;
    this.read();
    setInterval(() => this.read(), 250).unref();
  }

  private read(): void {
    let lines: string[] = [];
    try {
      lines = readFileSync(this.file ?? '', 'utf8')
        .split('\n')
        .map((line) => line.trim())
        .filter(Boolean);
    } catch {
      // No file: nothing is blocked.
    }
    if (lines.length === this.blocked.size && lines.every((line) => this.blocked.has(line))) return;
    this.blocked = new Set(lines);
    for (const listener of this.listeners) listener();
  }

  isBlocked(host: string): boolean {
    return this.blocked.has('*') || this.blocked.has(host);
  }

  onChange(listener: () => void): void {
    this.listeners.push(listener);
  }
}
