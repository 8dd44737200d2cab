import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  readEnvironment,
  renderVariables,
  resolveVariables,
  rotatedVariables,
} from '../../../src/activities/steps/manifest/environment-file.js';
import { WorkerSecrets } from '../../../src/adapters/secrets/index.js';
import type { SecretVariable } from '../../../src/render/node-manifest.js';

const name = fc.stringMatching(/^[A-Z_][A-Z0-9_]{0,20}$/);
const value = fc.stringMatching(/^[ -~äöü€]{0,40}$/);

describe('the file of secret variables', () => {
  it('gives back every value that was written', () => {
    fc.assert(
      fc.property(fc.dictionary(name, value), (variables) => {
        const written = renderVariables(new Map(Object.entries(variables)));
        expect(readEnvironment(written)).toEqual(new Map(Object.entries(variables)));
      }),
    );
  });

  it('passes over what is no variable', () => {
    expect(readEnvironment('# comment\n\nA="1"\nb="2"\nC=3\n')).toEqual(new Map([['A', '1']]));
  });
});

describe('variables of a node', () => {
  const store = 'conf/tls/a.p12';
  const variables: SecretVariable[] = [
    { name: 'A', value: { from: 'secret', secret: { env: 'A' } } },
    { name: 'PASSWORD', value: { from: 'generated', store } },
    { name: 'KEY_PASSWORD', value: { from: 'generated', store } },
  ];
  const worker = (a: string) => new WorkerSecrets('all', { A: a });
  const make = () => Promise.resolve('made');

  it('keep the password that the node has', async () => {
    const { values, passwords } = await resolveVariables(variables, worker('a'), new Map([['PASSWORD', 'old']]), make);
    expect(Object.fromEntries(values)).toEqual({ A: 'a', PASSWORD: 'old', KEY_PASSWORD: 'old' });
    expect(passwords.get(store)).toBe('old');
  });

  it('have one password for a store, made once', async () => {
    const { values } = await resolveVariables(variables, worker('a'), new Map(), make);
    expect(Object.fromEntries(values)).toEqual({ A: 'a', PASSWORD: 'made', KEY_PASSWORD: 'made' });
    const without = await resolveVariables(variables, worker('a'), new Map(), null);
    expect(Object.fromEntries(without.values)).toEqual({ A: 'a' });
  });

  it('tell which secret has changed, and say nothing of one that cannot be read', async () => {
    const present = new Map([['A', 'a']]);
    expect(await rotatedVariables(variables, worker('a'), present)).toEqual([]);
    expect(await rotatedVariables(variables, worker('b'), present)).toEqual(['A']);
    expect(await rotatedVariables(variables, new WorkerSecrets('all', {}), present)).toEqual([]);
  });
});
