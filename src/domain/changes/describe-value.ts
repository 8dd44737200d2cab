/** A JSON object, as an encoded spec has them. */
export type Mapping = Readonly<Record<string, unknown>>;

export const isMapping = (value: unknown): value is Mapping =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const text = (value: unknown): string | null => (typeof value === 'string' ? value : null);

/** SHA-256 of a content that names one; null for everything else. */
export function contentHash(value: Mapping): string | null {
  if ('stored' in value) return text(value['stored']);
  return 'url' in value ? text(value['sha256']) : null;
}

const shortHash = (hash: string): string => hash.slice(0, 12);
const linesOf = (content: string): number => content.split('\n').filter((line) => line !== '').length;

/**
 * Content and secrets, which are compared whole: a content by its hash or its name, a secret by where it is found. Null
 * for every other value. Neither the text of a content nor anything secret is shown.
 */
export function reference(value: unknown): string | null {
  if (!isMapping(value)) return null;
  const keys = Object.keys(value);
  const hash = contentHash(value);
  if (hash !== null) return `${text(value['name'] ?? value['url']) ?? 'content'} (sha256 ${shortHash(hash)})`;
  if (keys.length !== 1) return null;
  const { env, file, text: inline, base64 } = value;
  if (typeof env === 'string') return `secret $${env}`;
  if (typeof file === 'string') return `file ${file}`;
  if (typeof inline === 'string') return `text of ${linesOf(inline)} lines`;
  return typeof base64 === 'string' ? `${Math.floor((base64.length / 4) * 3)} bytes` : null;
}

const longest = 160;
const cut = (value: string): string => (value.length > longest ? `${value.slice(0, longest - 1)}…` : value);

/** A value of an encoded spec in one short line. */
export function describeValue(value: unknown): string {
  return cut(inner(value));
}

function inner(value: unknown): string {
  if (value === undefined) return '';
  const known = reference(value);
  if (known !== null) return known;
  if (Array.isArray(value)) return value.length === 0 ? 'none' : `[${value.map(inner).join(', ')}]`;
  if (isMapping(value)) {
    const entries = Object.entries(value).filter(([, one]) => one !== undefined);
    return entries.length === 0 ? 'none' : `{ ${entries.map(([key, one]) => `${key}: ${inner(one)}`).join(', ')} }`;
  }
  return typeof value === 'string' ? value : JSON.stringify(value);
}
