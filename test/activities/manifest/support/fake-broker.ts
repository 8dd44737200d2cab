import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Extensions } from '../../../../src/sandbox/broker/extensions.js';
import { licenseMarker } from '../../../../src/sandbox/broker/licenses.js';
import { Log, LogSink } from '../../../../src/sandbox/broker/log.js';

const every = 10;

/** Of a running broker what it says of licenses and extensions: the stand-in's own extensions, looked at often. */
export class FakeBroker {
  /** Whether it says nothing. */
  deaf = false;
  private readonly extensions: Extensions;
  private readonly log: Log;
  private readonly timer: NodeJS.Timeout;
  private readonly licenses = new Map<string, string>();

  constructor(private readonly home: string) {
    for (const folder of ['extensions', 'license', 'conf', 'log']) mkdirSync(join(home, folder), { recursive: true });
    appendFileSync(join(home, 'log/hivemq.log'), '');
    const folders = { folder: join(home, 'log'), configFolder: join(home, 'log') };
    const sink = new LogSink({ ...folders, properties: new Map(), env: {} });
    const write = sink.write.bind(sink);
    sink.write = (...line) => (this.deaf ? undefined : write(...line));
    this.log = new Log(sink);
    this.extensions = new Extensions(join(home, 'extensions'), this.log, undefined, every);
    this.log.info('Starting HiveMQ Server');
    this.extensions.start();
    this.timer = setInterval(() => this.look(), every);
  }

  /** Ids of the extensions that run. */
  get running(): string[] {
    return this.extensions.all.flatMap(({ id, enabled }) => (enabled ? [id] : []));
  }

  /** The version that runs of an extension. */
  version(id: string): string | undefined {
    return this.extensions.all.find((one) => one.id === id && one.enabled)?.version;
  }

  get text(): string {
    return readFileSync(join(this.home, 'log/hivemq.log'), 'utf8');
  }

  private look(): void {
    const folder = join(this.home, 'license');
    for (const name of existsSync(folder) ? readdirSync(folder).filter((one) => one.endsWith('.lic')) : []) {
      const found = statSync(join(folder, name), { throwIfNoEntry: false });
      if (found?.isFile() !== true) continue;
      const { ino, mtimeMs } = found;
      const stamp = `${ino} ${mtimeMs}`;
      if (this.licenses.get(name) === stamp) continue;
      this.licenses.set(name, stamp);
      const valid = readFileSync(join(folder, name), 'utf8').startsWith(licenseMarker);
      if (valid) this.log.info(`License file ${name} is valid.`);
      else this.log.error(`License file ${name} is corrupt.`);
    }
  }

  stop(): void {
    clearInterval(this.timer);
    this.extensions.stop();
  }
}
