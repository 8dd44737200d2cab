import { posix } from 'node:path';
import { HivekeeperError } from '../../domain/errors/index.js';
import { withSecret } from '../../render/haproxy/index.js';
import type { Dependencies } from '../dependencies.js';
import { storedContent } from '../steps/manifest/materials.js';
import { configOf, filesBesides } from './place.js';
import type { BalancerTarget } from './target.js';

/** Brings everything but the configuration of HAProxy to its place. @returns what was written; a reload has to read it */
export async function placeBesides(
  { host, rendered, signal }: BalancerTarget,
  source: Pick<Dependencies, 'store' | 'secrets'>,
): Promise<string[]> {
  const written: string[] = [];
  const note = (path: string, done: 'written' | 'unchanged'): void => {
    if (done === 'written') written.push(path);
  };
  for (const { path, mode, content } of rendered.contents) {
    const { file, sha256 } = await storedContent(source, content, signal);
    note(path, await host.upload(file, posix.join(rendered.home, path), { mode, sha256, signal }));
  }
  for (const { path, template, values } of rendered.secretFiles) {
    let text = template;
    for (const [name, secret] of Object.entries(values)) {
      text = withSecret(text, name, await source.secrets.resolve(secret));
    }
    note(path, await host.writeFile(posix.join(rendered.home, path), text, { mode: 0o600 }));
  }
  for (const { path, content, mode } of filesBesides(rendered)) {
    note(path, await host.writeFile(posix.join(rendered.home, path), content, { mode }));
  }
  return written;
}

export interface PlacedConfig {
  readonly done: 'written' | 'unchanged';
  /** What was there; null where nothing was. */
  readonly before: string | null;
}

/**
 * Puts the configuration in place once HAProxy on this host has taken it; one that it refuses changes nothing.
 * @throws BalancerRefused with HAProxy's own words
 */
export async function placeConfig(target: BalancerTarget): Promise<PlacedConfig> {
  const { name, host, rendered, signal } = target;
  const path = rendered.config;
  const { content, mode } = configOf(rendered);
  const before = await host.readFile(path);
  if (before === content) return { done: 'unchanged', before };
  const draft = `${path}.new`;
  await host.writeFile(draft, content, { mode });
  const result = await host.exec({ argv: rendered.check(draft) }, signal);
  if (result.code !== 0) {
    await host.run({ argv: ['rm', '-f', '--', draft] }, signal);
    throw refusedConfig(name, result.stderr || result.stdout);
  }
  await host.run({ argv: ['mv', '-f', '--', draft, path] }, signal);
  return { done: 'written', before };
}

function refusedConfig(name: string, output: string): HivekeeperError {
  const lines = output.split('\n').filter((line) => line.includes('ALERT'));
  const said = (lines.length > 0 ? lines : output.trim().split('\n')).slice(0, 3).join(' ').slice(0, 600);
  const message = `${name}: HAProxy refuses its new configuration, which was not put in place: ${said} Correct loadBalancer in the spec, or the version of HAProxy on the host.`;
  return new HivekeeperError('BalancerRefused', message, { host: name });
}
