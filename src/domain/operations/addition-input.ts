import { z } from 'zod';
import type { Content } from '../spec/index.js';
import type { CliOption } from './define-operation.js';

/** As names of files and folders are; what a product asks for besides is judged with its spec. */
const plainName = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/, {
  error: 'has letters, digits, dots, dashes and underscores, and begins with a letter or digit',
});

export const extensionIdSchema = plainName.describe('Id of the extension, which is also the name of its folder.');
export const licenseNameSchema = plainName.describe('File name of the license.');

export const extensionPathSchema = z
  .string()
  .max(300)
  .regex(/^(?!.*(^|\/)\.{1,2}(\/|$))[A-Za-z0-9_][A-Za-z0-9._-]*(\/[A-Za-z0-9._-]+)*$/, {
    error: 'a path inside the folder of the extension, such as conf/config.properties, without ".."',
  })
  .describe('Path of the file inside the folder of the extension, such as `conf/config.properties`.');

/** The options that bring a content: a file beside the command line, or a download. */
export function contentOptions(what: string, file: string): CliOption[] {
  return [
    { flag: 'file', field: 'content', value: file, type: 'file', describe: `${what}, a file of this machine.` },
    {
      flag: 'base64-file',
      field: 'content',
      value: file,
      type: 'base64-file',
      describe: `${what}, a file of this machine that holds it in base64.`,
    },
    {
      flag: 'url',
      field: 'content.url',
      value: 'URL',
      type: 'string',
      describe: `${what}, by download; needs --sha256.`,
    },
    {
      flag: 'sha256',
      field: 'content.sha256',
      value: 'HASH',
      type: 'string',
      describe: 'SHA-256 that the download must have.',
    },
    {
      flag: 'fetch',
      field: 'content.fetch',
      value: 'WHO',
      type: 'string',
      describe: 'Who downloads: node, each for itself (default), or worker, once for all.',
    },
    {
      flag: 'header',
      field: 'content.headers',
      value: 'NAME=REF',
      type: 'headers',
      describe:
        'Request header of the download, with its value by reference: NAME=env:TOKEN or NAME=file:PATH, both at the worker; may be repeated.',
    },
  ];
}

/** A content in one line, by what tells it apart: an approval of the plan is for this very content. */
export function contentTitle(content: Content): string {
  if ('stored' in content) return `${content.name ?? 'stored'} ${content.stored}`;
  if ('url' in content) return `${content.url} ${content.sha256}`;
  return 'file' in content ? content.file : 'as it stands in the input';
}
