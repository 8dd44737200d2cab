import { z } from 'zod';
import { fetchSchema, headersSchema, sha256, type Content } from './content.js';
import { parseVersion, version } from './version.js';

const checksums = z
  .record(version, sha256)
  .refine((value) => Object.keys(value).length > 0, { error: 'name at least one version with its SHA-256' })
  .describe('SHA-256 of the package of each version that may be installed.');

const template = (text: string) => text.split('{version}').length > 1;
const needsVersion = { error: 'must have {version} where the version stands' };

/** The braces of the template are not part of a web address, so its shape is tested with a version in their place. */
const urlTemplate = z
  .string()
  .max(2_000)
  .regex(/^https?:\/\/(\[[0-9A-Fa-f:]+\]|[A-Za-z0-9.-]+)(:\d{1,5})?(\/([^\s"'`<>\\^|{}]|\{version\})*)?$/, {
    error: 'must be an http or https address without a user name or password in it',
  })
  .refine(template, needsVersion);

/** Where the packages of all versions are found. One template serves a whole life of upgrades. */
export const packageSchema = z.union(
  [
    z.strictObject({
      url: urlTemplate.describe('Web address with `{version}` in place of the version.'),
      sha256: checksums,
      headers: headersSchema.optional().describe('Request headers; a credential is a secret reference.'),
      fetch: fetchSchema.default('node'),
    }),
    z.strictObject({
      file: z
        .string()
        .min(1)
        .max(1_000)
        .refine(template, needsVersion)
        .describe('Path of a file, relative to the spec, with `{version}` in place of the version.'),
      sha256: checksums,
    }),
    z.strictObject({
      sha256: checksums.describe(
        'Of a cluster that was made by hand: nobody said where its package is found. Its nodes keep what they run; to install it on another host, add `url` or `file`.',
      ),
    }),
  ],
  { error: 'a package is { url, sha256 } or { file, sha256 }' },
);
export type PackageSpec = z.infer<typeof packageSchema>;

export type PackageContent =
  | { readonly ok: true; readonly content: Content; readonly sha256: string }
  | { readonly ok: false; readonly reason: string };

/** The content of one version's package, or why there is none: a version without a SHA-256 is never fetched. */
export function packageContent(source: PackageSpec, wanted: string): PackageContent {
  if (parseVersion(wanted) === null) return { ok: false, reason: `${wanted} is no version such as 4.30.0` };
  const checksum = Object.hasOwn(source.sha256, wanted) ? source.sha256[wanted] : undefined;
  if (checksum === undefined) {
    const known = Object.keys(source.sha256).join(', ');
    const reason = `broker.package has no SHA-256 for version ${wanted}: add it under broker.package.sha256 (known: ${known})`;
    return { ok: false, reason };
  }
  if ('file' in source) {
    return { ok: true, sha256: checksum, content: { file: source.file.replaceAll('{version}', wanted) } };
  }
  // Nobody knows its place, so it is in the content store, or it cannot be installed.
  if (!('url' in source)) return { ok: true, sha256: checksum, content: { stored: checksum } };
  const url = source.url.replaceAll('{version}', wanted);
  const headers = source.headers ? { headers: source.headers } : {};
  return { ok: true, sha256: checksum, content: { url, sha256: checksum, fetch: source.fetch, ...headers } };
}
