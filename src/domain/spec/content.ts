import { z } from 'zod';
import { secretSchema } from './secret.js';
import { webAddress } from './text.js';

/** SHA-256 as 64 small hexadecimal digits. */
export const sha256 = z
  .string()
  .regex(/^[0-9a-f]{64}$/, { error: 'a SHA-256 has 64 hexadecimal digits, in small letters' });

const inlineLimit = 64 * 1024;
const sensitive = /auth|cookie|token|secret|key|password/i;

const headerName = z.string().regex(/^[A-Za-z0-9-]{1,64}$/, { error: 'a header name has letters, digits and dashes' });
const headerValue = z.union([z.string().max(1_000), secretSchema], {
  error: 'a header is text, or a secret: { env: NAME } or { file: PATH }',
});

/** Request headers of a download. What looks like a credential must be a secret reference. */
export const headersSchema = z.record(headerName, headerValue).superRefine((headers, context) => {
  for (const [name, value] of Object.entries(headers)) {
    if (typeof value === 'string' && sensitive.test(name)) {
      const message = 'this header looks like a credential: give a reference, { env: NAME } or { file: PATH }';
      context.addIssue({ code: 'custom', path: [name], message });
    }
  }
});

export const fetchSchema = z
  .enum(['node', 'worker'])
  .describe('Who downloads: each node for itself, or the worker once for all.');

/** A file beside the spec; the command line reads it. */
export const fileContentSchema = z.strictObject({
  file: z.string().min(1).max(1_000).describe('Path of a file, relative to the spec.'),
});

const urlContentSchema = z.strictObject({
  url: webAddress.describe('Web address to download from.'),
  sha256: sha256.describe('SHA-256 that the download must have.'),
  headers: headersSchema.optional().describe('Request headers; a credential is a secret reference.'),
  fetch: fetchSchema.default('node'),
});

export const textContentSchema = z.strictObject({
  text: z
    .string()
    .max(inlineLimit, { error: 'inline text has at most 64 KiB' })
    .describe('The content itself, as text.'),
});

export const base64ContentSchema = z.strictObject({
  base64: z
    .string()
    .max(Math.ceil(inlineLimit / 3) * 4, { error: 'inline content has at most 64 KiB' })
    .regex(/^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/, { error: 'must be base64' })
    .describe('The content itself, in base64.'),
});

const storedContentSchema = z.strictObject({
  stored: sha256.describe('SHA-256 of content that is already in the content store.'),
  name: z.string().min(1).max(255).optional().describe('File name, for people.'),
  bytes: z.int().min(0).optional().describe('Size in bytes.'),
});

/** Anything that is brought to a node; kept by SHA-256, so that a node made later gets what the others have. */
export const contentSchema = z.union(
  [fileContentSchema, urlContentSchema, textContentSchema, base64ContentSchema, storedContentSchema],
  { error: 'content is one of { file }, { url, sha256 }, { text }, { base64 } and { stored }' },
);
export type Content = z.infer<typeof contentSchema>;

/**
 * Content of the secret kind: keystores and private keys. Text within the spec would enter histories, so it is a file
 * (the command line brings it to the content store), a download held to its SHA-256, or what is stored already.
 */
export const keyContentSchema = z.union([fileContentSchema, urlContentSchema, storedContentSchema], {
  error: 'key material is one of { file }, { url, sha256 } and { stored }: text in a spec would be kept in histories',
});
export type KeyContent = z.infer<typeof keyContentSchema>;
