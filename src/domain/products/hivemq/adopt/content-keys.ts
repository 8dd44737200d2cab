import { licenseSchema } from '../spec/extensions.js';
import { across } from './across.js';
import { bundledExtensions } from './bundled.js';
import type { Findings } from './findings.js';
import type { InstalledExtension } from './installation.js';
import type { Installations, PackedExtensions } from './reading.js';
import { compact, type Keys } from './values.js';

/** `licenses` of a spec. */
export function licenseKeys(installations: Installations, findings: Findings): Keys[] {
  const all = Object.entries(installations);
  const names = [...new Set(all.flatMap(([, { licenses }]) => licenses.map(({ name }) => name)))].sort();
  return names.flatMap((name) => {
    if (!licenseSchema.shape.name.safeParse(name).success) {
      findings.note(`license/${name} has no name of a license file and is not taken over`);
      return [];
    }
    const found = all.map(
      ([host, { licenses }]) => [host, licenses.find((one) => one.name === name)?.sha256 ?? 'missing'] as const,
    );
    const { differs } = across(found, (sha256) => (sha256 === 'missing' ? sha256 : `SHA-256 ${sha256.slice(0, 12)}…`));
    if (differs !== null)
      findings.problem(`license/${name} is not the same on all nodes: ${differs}; make them equal first`);
    const license = all.flatMap(([, { licenses }]) => licenses).find((one) => one.name === name);
    return license ? [{ name, content: { stored: license.sha256, bytes: license.bytes } }] : [];
  });
}

/** What an extension is made of; what it writes itself while it runs is its own on each node. */
const isPart = (path: string): boolean =>
  /^(hivemq-extension\.xml|[^/]+\.jar|conf\/.*|[^/]+\.(xml|properties))$/.test(path);

/** Files that somebody may have changed, which a package does not bring to another node. */
export const ownFiles = ({ files }: InstalledExtension): InstalledExtension['files'] =>
  files.filter(({ path }) => path.startsWith('conf/') && !path.startsWith('conf/examples/'));

function sameEverywhere(id: string, installations: Installations, findings: Findings): void {
  const values = Object.entries(installations).map(([host, { extensions }]) => {
    const one = extensions.find((extension) => extension.id === id);
    return [host, one] as const;
  });
  const state = across(
    values.map(
      ([host, one]) =>
        [host, one ? `${one.version ?? 'no version'}, ${one.enabled ? 'enabled' : 'disabled'}` : 'missing'] as const,
    ),
  );
  if (state.differs !== null) {
    findings.problem(`the extension ${id} is not the same on all nodes: ${state.differs}; make them equal first`);
    return;
  }
  const paths = [...new Set(values.flatMap(([, one]) => one?.files.map(({ path }) => path) ?? []))].filter(isPart);
  for (const path of paths) {
    const sums = values.map(
      ([host, one]) => [host, one?.files.find((file) => file.path === path)?.sha256 ?? 'missing'] as const,
    );
    const { differs } = across(sums, (sha256) => (sha256 === 'missing' ? sha256 : `SHA-256 ${sha256.slice(0, 12)}…`));
    if (differs !== null)
      findings.problem(`extensions/${id}/${path} is not the same on all nodes: ${differs}; make them equal first`);
  }
}

/** One that comes with the package is named where it is not as the package has it. */
function bundledKeys(one: InstalledExtension, byDefault: boolean): Keys[] {
  const files = one.enabled
    ? Object.fromEntries(ownFiles(one).map(({ path, sha256, bytes }) => [path, { stored: sha256, bytes }]))
    : {};
  const hasFiles = Object.keys(files).length > 0;
  return one.enabled === byDefault && !hasFiles
    ? []
    : [compact({ id: one.id, enabled: one.enabled, files: hasFiles ? files : undefined })];
}

/** `extensions` of a spec. */
export function extensionKeys(installations: Installations, packed: PackedExtensions, findings: Findings): Keys[] {
  const all = Object.values(installations).flatMap(({ extensions }) => extensions);
  const installed = [...new Map(all.map((one) => [one.id, one])).values()].sort((a, b) => (a.id < b.id ? -1 : 1));
  const read = installed.flatMap((one): Keys[] => {
    sameEverywhere(one.id, installations, findings);
    const bundled = Object.hasOwn(bundledExtensions, one.id) ? bundledExtensions[one.id] : undefined;
    if (bundled) return bundledKeys(one, bundled.enabled);
    const archive = Object.hasOwn(packed, one.id) ? packed[one.id] : undefined;
    if (!archive) {
      findings.problem(`the extension ${one.id} is not in the content store, so that no other node could get it`);
      return [{ id: one.id, enabled: one.enabled }];
    }
    return [{ id: one.id, enabled: one.enabled, content: { stored: archive.sha256, bytes: archive.bytes } }];
  });
  const allowAll = 'hivemq-allow-all-extension';
  if (installed.some(({ id }) => id === allowAll)) return read;
  findings.note(`the extension ${allowAll} was taken out; it stays off where a package brings it back`);
  return [...read, { id: allowAll, enabled: false }];
}
