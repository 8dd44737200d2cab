import { appendFileSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { defaultLogback, type Level, levelOf, levels, readLogback } from './logback.js';

/** The logger of the broker's own lines. */
const broker = 'com.hivemq';

/** `2026-01-31 12:00:00,123` in local time, logback's default for `%d`. */
function stamp(at: Date): string {
  const two = (n: number): string => String(n).padStart(2, '0');
  const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  const ms = String(at.getMilliseconds()).padStart(3, '0');
  return `${day} ${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())},${ms}`;
}

/** Lines of one logger. */
export class Log {
  constructor(
    private readonly sink: LogSink,
    private readonly logger: string = broker,
  ) {}

  /** The level in effect. */
  get level(): Level {
    return this.sink.level(this.logger);
  }

  /** The same log for another logger. */
  named(logger: string): Log {
    return new Log(this.sink, logger);
  }

  debug(message: string): void {
    this.sink.write(this.logger, 'DEBUG', message);
  }

  info(message: string): void {
    this.sink.write(this.logger, 'INFO', message);
  }

  warn(message: string): void {
    this.sink.write(this.logger, 'WARN', message);
  }

  error(message: string): void {
    this.sink.write(this.logger, 'ERROR', message);
  }
}

export interface LogSinkOptions {
  /** Where hivemq.log is written. */
  folder: string;
  /** Where logback.xml lies. */
  configFolder: string;
  properties: ReadonlyMap<string, string>;
  env: NodeJS.ProcessEnv;
}

/**
 * Writes log/hivemq.log with the pattern `%-30(%d %level)- %msg` of the Community Edition's logback.xml, and standard
 * output; events of clients go to log/event.log, as `%-24(%d)- %msg`. The levels are those of logback.xml, which is looked at again as its `scan` and `scanPeriod` say; the stage
 * shortens that by HIVEMQ_SIM_LOGBACK_SCAN, in milliseconds. A file that cannot be read changes nothing.
 */
export class LogSink {
  private readonly file: string;
  private readonly events: string;
  private logback = defaultLogback;

  constructor(private readonly options: LogSinkOptions) {
    mkdirSync(options.folder, { recursive: true });
    this.file = join(options.folder, 'hivemq.log');
    this.events = join(options.folder, 'event.log');
    this.read();
    this.schedule();
  }

  private schedule(): void {
    const { scanEvery } = this.logback;
    if (scanEvery === undefined) return;
    const shortened = Number(this.options.env['HIVEMQ_SIM_LOGBACK_SCAN'] ?? scanEvery);
    setTimeout(
      () => {
        this.read();
        this.schedule();
      },
      Math.max(20, Math.min(scanEvery, shortened)),
    ).unref();
  }

  private read(): void {
    const { configFolder, properties, env } = this.options;
    try {
      const xml = readFileSync(join(configFolder, 'logback.xml'), 'utf8');
      this.logback = readLogback(xml, (name) => properties.get(name) ?? env[name]);
    } catch {
      // Absent, being written or broken: the levels in use stay.
    }
  }

  level(logger: string): Level {
    return levelOf(this.logback, logger);
  }

  write(logger: string, level: Level, message: string): void {
    if (levels.indexOf(level) < levels.indexOf(this.level(logger))) return;
    if (logger.startsWith('event.')) {
      appendFileSync(this.events, `${stamp(new Date()).padEnd(24)}- ${message}\n`);
      return;
    }
    const line = `${`${stamp(new Date())} ${level}`.padEnd(30)}- ${message}\n`;
    appendFileSync(this.file, line);
    process.stdout.write(line);
  }
}
