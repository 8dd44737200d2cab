import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { DirectoryContentStore } from '../../../src/adapters/content/index.js';
import { publishFile } from '../../../src/client/content/index.js';
import { queryRecord } from '../../../src/client/temporal/index.js';
import { memberNames } from '../../../src/domain/record/index.js';
import { buildExtension, type ExtensionOptions } from '../../../src/sandbox/distribution/index.js';
import { writeZip } from '../../../src/sandbox/wire/zip.js';
import { commandLine, type Typed } from './command-line.js';
import { effects } from './look.js';
import type { Scenario } from './scenario.js';

/** A cluster that things are added to, as its tests look at it. */
export class DayTwo {
  constructor(
    readonly scenario: () => Scenario,
    readonly cluster: string,
  ) {}

  /** A file beside the spec. */
  readonly local = (file: string): string => path.join(this.scenario().folder, file);
  readonly at = (host: string, file: string): string => path.join(this.scenario().stage.host(host).home, file);
  readonly has = (host: string, file: string): boolean => existsSync(this.at(host, file));
  readonly text = (host: string, file: string): string => readFileSync(this.at(host, file), 'utf8');
  readonly log = (host: string): string => this.text(host, 'log/hivemq.log');
  readonly effects = (since: number) => effects(this.scenario().stage.nodes, since);

  /** Last lines of the broker of a host about an extension: `1.0.0 started`. */
  readonly lastOf = (host: string, id: string): string | undefined =>
    [...this.log(host).matchAll(new RegExp(`"${id}" version (\\S+) (started|stopped) successfully`, 'g'))]
      .map(([, version, what]) => `${version} ${what}`)
      .at(-1);

  /** A command with the cluster as its first argument, awaited. */
  async type(command: string, ...args: string[]): Promise<Typed> {
    const data = args.some((arg) => arg.startsWith('--file') || arg === '--base64-file')
      ? ['--data', path.join(this.scenario().folder, 'worker', 'data')]
      : [];
    return commandLine(this.scenario()).type(command, this.cluster, ...args, ...data, '--wait');
  }

  /** A file as an operation names it, once the command line has brought it to the worker. */
  async stored(file: string): Promise<object> {
    const store = new DirectoryContentStore(this.local('worker/data/content'));
    return publishFile({ file: this.local(file), key: 'test' }, store, { dryRun: false });
  }

  /** Makes the archive `<id>-<version>.zip`. @returns its SHA-256 */
  async extension(id: string, version: string, options: ExtensionOptions = {}): Promise<string> {
    return (await buildExtension(id, version, this.local(`${id}-${version}.zip`), options)).sha256;
  }

  /** The archive of an extension that throws at its start on a node that has `conf/refuse`. */
  async choosyExtension(id: string, version: string): Promise<void> {
    const xml = `<?xml version="1.0"?><hivemq-extension><id>${id}</id><name>${id}</name><version>${version}</version><priority>1000</priority><author>Test</author></hivemq-extension>`;
    const code = `exports.extensionStart = () => { if (require('node:fs').existsSync(__dirname + '/conf/refuse')) throw new Error('refused here'); };\n`;
    await writeZip(this.local(`${id}-${version}.zip`), [
      { path: `${id}/hivemq-extension.xml`, content: xml },
      { path: `${id}/${id}-${version}.jar`, content: code },
      { path: `${id}/conf/config.properties`, content: 'greeting=hello\n' },
    ]);
  }

  /** Members in the order in which they joined, which is that of an operation too. */
  async members(): Promise<string[]> {
    return memberNames(await queryRecord(this.scenario().session, this.cluster));
  }

  /** What the record says of licenses and extensions. */
  async recorded(): Promise<{ licenses: unknown; extensions: unknown }> {
    const { spec } = await queryRecord(this.scenario().session, this.cluster);
    return { licenses: spec?.['licenses'], extensions: spec?.['extensions'] };
  }
}
