import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const levels = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR'] as const;
type Level = (typeof levels)[number];

/** `2026-01-31 12:00:00,123` in local time, logback's default for `%d`. */
function stamp(at: Date): string {
  const two = (n: number): string => String(n).padStart(2, '0');
  const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  const ms = String(at.getMilliseconds()).padStart(3, '0');
  return `${day} ${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())},${ms}`;
}

/** Writes log/hivemq.log with the pattern `%-30(%d %level)- %msg` of the Community Edition's logback.xml, and standard output. */
export class Log {
  private readonly file: string;
  /** The root level of logback.xml; re-read every 60 s, the scan period of the vendor's file. */
  level: Level = 'INFO';

  constructor(
    folder: string,
    private readonly configFolder: string,
  ) {
    mkdirSync(folder, { recursive: true });
    this.file = join(folder, 'hivemq.log');
    this.readLevel();
    setInterval(() => this.readLevel(), 60_000).unref();
  }

  private readLevel(): void {
    const file = join(this.configFolder, 'logback.xml');
    if (!existsSync(file)) return;
    const match = /<root\s+level="(?:\$\{HIVEMQ_LOG_LEVEL:-(\w+)\}|(\w+))"/.exec(readFileSync(file, 'utf8'));
    const wanted = match?.[2] ?? process.env['HIVEMQ_LOG_LEVEL'] ?? match?.[1];
    const level = levels.find((known) => known === wanted);
    if (level) this.level = level;
  }

  private write(level: Level, message: string): void {
    if (levels.indexOf(level) < levels.indexOf(this.level)) return;
    const line = `${`${stamp(new Date())} ${level}`.padEnd(30)}- ${message}\n`;
    appendFileSync(this.file, line);
    process.stdout.write(line);
  }

  debug(message: string): void {
    this.write('DEBUG', message);
  }

  info(message: string): void {
    this.write('INFO', message);
  }

  warn(message: string): void {
    this.write('WARN', message);
  }

  error(message: string): void {
    this.write('ERROR', message);
  }
}
