import { describe, expect, it } from 'vitest';
import { type HivekeeperError, isHivekeeperError } from '../../../../../src/domain/errors/index.js';
import { hivemqAdditions } from '../../../../../src/domain/products/hivemq/additions/index.js';
import { asHivemqSpec } from '../../../../../src/domain/products/hivemq/spec/index.js';
import { type ClusterSpec, encodeClusterSpec, parseClusterSpec } from '../../../../../src/domain/spec/index.js';
import { exampleSpec } from '../../../spec/example.js';

const stored = (letter: string) => ({ stored: letter.repeat(64) });
const text = { text: 'greeting=hello\n' };

function specWith(more: object): ClusterSpec {
  const read = parseClusterSpec({ ...exampleSpec(), ...more });
  if (!read.ok) throw new Error(JSON.stringify(read.issues));
  return read.spec;
}

const audit = { id: 'acme-audit', content: stored('a'), enabled: false, files: { 'conf/a.properties': text } };
const bundled = { id: 'hivemq-allow-all-extension', enabled: true };
const spec = specWith({ licenses: [{ name: 'prod.lic', content: stored('1') }], extensions: [audit, bundled] });

/** Names, order and contents as the changed spec has them; it is a whole spec, which reads as a file. */
function listsOf(changed: ClusterSpec) {
  const again = parseClusterSpec(encodeClusterSpec(changed));
  expect(again.ok && again.spec).toEqual(changed);
  const { licenses, extensions } = asHivemqSpec(changed);
  return { licenses, extensions };
}

function refusal(change: () => unknown): HivekeeperError {
  try {
    change();
  } catch (error) {
    if (isHivekeeperError(error)) return error;
    throw error;
  }
  throw new Error('it was taken');
}

describe('licenses of a spec', () => {
  it('are added behind the others, and replaced in their place', () => {
    const more = hivemqAdditions.withLicense(spec, { name: 'x.elic', content: { base64: 'YQ==' } });
    expect(hivemqAdditions.licenses(more)).toEqual(['prod.lic', 'x.elic']);
    const anew = hivemqAdditions.withLicense(more, { name: 'prod.lic', content: stored('2') });
    expect(listsOf(anew).licenses).toEqual([
      { name: 'prod.lic', content: stored('2') },
      { name: 'x.elic', content: { base64: 'YQ==' } },
    ]);
  });

  it('go, and stay away when they are gone already', () => {
    const none = hivemqAdditions.withoutLicense(spec, 'prod.lic');
    expect(listsOf(none).licenses).toEqual([]);
    expect(hivemqAdditions.withoutLicense(none, 'prod.lic')).toEqual(none);
  });

  it('are files that the broker reads', () => {
    const { kind, message } = refusal(() => hivemqAdditions.withLicense(spec, { name: 'prod.txt', content: text }));
    expect(kind).toBe('InvalidInput');
    expect(message).toContain('licenses[1].name: a license file ends in .lic (broker), .elic (extension)');
  });

  it('have items of nodes', () => {
    const isItem = hivemqAdditions.isLicenseItem('prod.lic');
    expect(['license/prod.lic', 'license/prod.licx', 'license', 'extensions/prod.lic'].map(isItem)).toEqual([
      true,
      false,
      false,
      false,
    ]);
  });
});

describe('extensions of a spec', () => {
  const given = { id: 'acme-new', content: stored('b') };

  it('are added with the defaults of a spec', () => {
    expect(listsOf(hivemqAdditions.withExtension(spec, given)).extensions[2]).toEqual({
      ...given,
      enabled: true,
      files: {},
      supportsHotReload: true,
    });
    const off = hivemqAdditions.withExtension(spec, { ...given, enabled: false, supportsHotReload: false });
    expect(listsOf(off).extensions[2]).toMatchObject({ enabled: false, supportsHotReload: false });
  });

  it('keep their files and whether they run when another archive comes', () => {
    const anew = hivemqAdditions.withExtension(spec, { id: audit.id, content: stored('c') });
    expect(listsOf(anew).extensions[0]).toEqual({ ...audit, content: stored('c'), supportsHotReload: true });
    const on = hivemqAdditions.withExtension(anew, { id: audit.id, content: stored('c'), enabled: true });
    expect(listsOf(on).extensions[0]).toMatchObject({ enabled: true, files: audit.files });
  });

  it('get files, of which others stay', () => {
    const path = 'conf/b.properties';
    const changed = hivemqAdditions.withExtensionFile(spec, { id: audit.id, path, content: text });
    expect(listsOf(changed).extensions[0]?.files).toEqual({ ...audit.files, [path]: text });
    const unknown = refusal(() => hivemqAdditions.withExtensionFile(spec, { id: 'acme', path, content: text }));
    expect(unknown.kind).toBe('PlanRefused');
    expect(unknown.message).toContain('has no extension acme; it has: acme-audit, hivemq-allow-all-extension');
  });

  it.each([
    ['DISABLED', 'write enabled: false'],
    ['lib/x.jar', 'programs belong to the zip'],
    ['../x', 'a path inside the folder of the extension'],
  ])('do not get the file %s', (path, why) => {
    const { kind, message } = refusal(() =>
      hivemqAdditions.withExtensionFile(spec, { id: audit.id, path, content: text }),
    );
    expect([kind, message]).toEqual(['InvalidInput', expect.stringContaining(why)]);
  });

  it('are switched, the package’s own too', () => {
    expect(listsOf(hivemqAdditions.withExtensionEnabled(spec, audit.id, true)).extensions[0]).toMatchObject({
      enabled: true,
      content: audit.content,
    });
    const own = hivemqAdditions.withExtensionEnabled(spec, 'hivemq-kafka-extension', true);
    expect(hivemqAdditions.extensions(own)).toEqual([
      { id: audit.id, bundled: false },
      { id: bundled.id, bundled: true },
      { id: 'hivemq-kafka-extension', bundled: true },
    ]);
  });

  it('go, but for those of the package, and stay away when they are gone already', () => {
    const gone = hivemqAdditions.withoutExtension(spec, audit.id);
    expect(listsOf(gone).extensions.map(({ id }) => id)).toEqual([bundled.id]);
    expect(hivemqAdditions.withoutExtension(gone, audit.id)).toEqual(gone);
    const { kind, message } = refusal(() => hivemqAdditions.withoutExtension(spec, bundled.id));
    expect([kind, message]).toEqual(['PlanRefused', expect.stringContaining('it can only be disabled')]);
  });

  it('are neither taken away nor disabled when the nodes find each other by them', () => {
    const discovering = specWith({
      cluster: { ...exampleSpec().cluster, discovery: { type: 'extension', extension: audit.id } },
      extensions: [{ ...audit, enabled: true }],
    });
    const gone = refusal(() => hivemqAdditions.withoutExtension(discovering, audit.id));
    expect([gone.kind, gone.message]).toEqual([
      'InvalidInput',
      expect.stringContaining('discovery needs the extension acme-audit'),
    ]);
    const off = refusal(() => hivemqAdditions.withExtensionEnabled(discovering, audit.id, false));
    expect([off.kind, off.message]).toEqual(['InvalidInput', expect.stringContaining('no node finds another')]);
  });

  it('have items of nodes: their folder and what is in it', () => {
    const keys = [
      'extensions/acme-audit',
      'extensions/acme-audit/conf/x',
      'extensions/acme-audit2',
      'license/acme-audit',
    ];
    expect(keys.map(hivemqAdditions.isExtensionItem('acme-audit'))).toEqual([true, true, false, false]);
  });
});
