import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { credentialsProblems } from '../../../src/domain/products/hivemq/file-rbac/index.js';
import { readCredentials } from '../../../src/domain/products/hivemq/file-rbac/read-credentials.js';
import { asHivemqSpec } from '../../../src/domain/products/hivemq/spec/index.js';
import { parseClusterSpec } from '../../../src/domain/spec/index.js';
import type { NodeManifest } from '../../../src/render/node-manifest.js';
import { renderManifest } from '../../../src/render/products/hivemq/manifest.js';
import { shippedHash } from '../../domain/products/hivemq/file-rbac/credentials.js';
import { exampleSpec } from '../../domain/spec/example.js';

const rbac = 'hivemq-file-rbac-extension';
const archive = { stored: 'a'.repeat(64) };
const all = [{ id: 'all', permissions: [{ topic: '#' }] }];
const ann = { name: 'ann', password: { env: 'ANN' }, roles: ['all'] };

function manifestOf(more: object): NodeManifest | null {
  const read = parseClusterSpec({ ...exampleSpec(), ...more });
  return read.ok ? renderManifest(asHivemqSpec(read.spec), ['n1'], 'n1') : null;
}
function usersOf(users: object, more: object = {}): NodeManifest {
  const manifest = manifestOf({ users: { extension: archive, ...users }, ...more });
  if (manifest === null) throw new Error('the spec is not valid');
  return manifest;
}
const lists = { users: [ann], roles: all };

describe('users of a node', () => {
  it('lie outside of the extension, to which a link leads, and switch the other one off', () => {
    const { extensions, links, secretFiles } = usersOf(lists);
    expect(extensions).toEqual([
      {
        ...{ id: rbac, content: archive, enabled: true, effect: 'hot' },
        readAtStart: [`extensions/${rbac}/conf/config.xml`],
      },
      { id: 'hivemq-allow-all-extension', content: null, enabled: false, ifThere: true, effect: 'hot' },
    ]);
    expect(links).toEqual([
      { path: `extensions/${rbac}/conf/credentials.xml`, target: 'conf/file-rbac/credentials.xml', effect: 'hot' },
    ]);
    expect(secretFiles.map(({ path, effect }) => [path, effect])).toEqual([['conf/file-rbac/credentials.xml', 'hot']]);
  });

  it('come from a file as it is, for the broker’s account alone', () => {
    const credentials = { stored: 'b'.repeat(64) };
    const { contents, secretFiles } = usersOf({ credentials });
    expect(contents).toEqual([
      { path: 'conf/file-rbac/credentials.xml', mode: 0o600, content: credentials, effect: 'hot' },
    ]);
    expect(secretFiles).toEqual([]);
  });

  it('have the settings of their extension', () => {
    const settings = usersOf({ ...lists, passwordType: 'plain', nextExtensionInsteadOfFail: true }).files.find(
      ({ path }) => path === `extensions/${rbac}/conf/config.xml`,
    );
    expect(settings?.content).toBe(`<?xml version="1.0" encoding="UTF-8"?>
<extension-configuration>
    <credentials-reload-interval>5</credentials-reload-interval>
    <password-type>PLAIN</password-type>
    <next-extension-instead-of-fail>true</next-extension-instead-of-fail>
</extension-configuration>
`);
    const named = usersOf(
      { ...lists, listenerNames: ['inside', 'outside'], reloadInterval: '2m' },
      { listeners: ['inside', 'outside'].map((name, at) => ({ type: 'tcp', port: 1883 + at, name })) },
    );
    const text = named.files.find(({ path }) => path.endsWith('/conf/config.xml') && path.includes(rbac))?.content;
    expect(text).toContain('<credentials-reload-interval>120<');
    expect(text?.match(/<listener-name>\w+</g)).toEqual(['<listener-name>inside<', '<listener-name>outside<']);
  });

  it('restart with an extension that is started with the broker alone', () => {
    const entry = { id: rbac, content: archive, supportsHotReload: false };
    const { extensions, links } = usersOf({ ...lists, extension: undefined }, { extensions: [entry] });
    expect(new Set([...extensions, ...links].map(({ effect }) => effect))).toEqual(new Set(['restart']));
  });

  it('stay when their extension is switched off', () => {
    const { extensions, secretFiles } = usersOf(lists, { extensions: [{ id: rbac, enabled: false }] });
    expect(extensions[0]).toMatchObject({ id: rbac, enabled: false, content: archive });
    expect(secretFiles).toHaveLength(1);
  });

  it('are nothing without any', () => {
    const manifest = manifestOf({});
    expect([manifest?.links, manifest?.secretFiles, manifest?.extensions]).toEqual([[], [], []]);
  });

  it('are in the file what they are in the spec, whatever their names and topics', () => {
    const word = fc.string({
      unit: fc.constantFrom(...Array.from('ab<>&"\'@{}$[]]%PASSWORD_1é')),
      minLength: 1,
      maxLength: 12,
    });
    const user = fc.tuple(word, fc.boolean());
    fc.assert(
      fc.property(
        fc.uniqueArray(user, { minLength: 1, maxLength: 4, selector: ([name]) => name }),
        word,
        (people, topic) => {
          const users = people.map(([name, hashed]) =>
            hashed ? { name, passwordHash: shippedHash, roles: [topic] } : { ...ann, name, roles: [topic] },
          );
          const roles = [{ id: topic, permissions: [{ topic, activity: 'PUBLISH', sharedGroup: topic }] }];
          const [file] = usersOf({ users, roles }).secretFiles;
          const filled = (file?.template ?? '').replace(/@\{([A-Za-z0-9_]+)\}/g, (mark, name: string) =>
            file?.values[name] === undefined ? mark : shippedHash,
          );
          expect(credentialsProblems(filled, 'hashed')).toEqual([]);
          const read = readCredentials(filled);
          if ('fault' in read) throw new Error(read.fault);
          expect(read.users).toEqual(users.map(({ name }) => ({ name, password: shippedHash, roles: [topic] })));
          expect(read.roles).toEqual([
            {
              id: topic,
              permissions: [
                {
                  topic,
                  activity: 'PUBLISH',
                  qos: 'ALL',
                  retain: 'ALL',
                  sharedSubscription: 'ALL',
                  sharedGroup: topic,
                },
              ],
            },
          ]);
        },
      ),
      { numRuns: 60 },
    );
  });
});
