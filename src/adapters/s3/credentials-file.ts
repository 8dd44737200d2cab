import type { S3Keys } from './access.js';

/**
 * The keys of one section of an AWS credentials file.
 *
 * @returns undefined when the section is not there or lacks a key
 */
export function keysOfCredentialsFile(text: string, profile: string): S3Keys | undefined {
  const values = new Map<string, string>();
  let inSection = false;
  for (const line of text.split(/\r?\n/)) {
    const section = /^\s*\[\s*(.+?)\s*\]/.exec(line)?.[1];
    if (section !== undefined) inSection = section.replace(/^profile\s+/, '') === profile;
    const [, key, value] = /^\s*([A-Za-z_]+)\s*=\s*(.*?)\s*$/.exec(line) ?? [];
    if (inSection && key !== undefined && value) values.set(key.toLowerCase(), value);
  }
  const accessKeyId = values.get('aws_access_key_id');
  const secretAccessKey = values.get('aws_secret_access_key');
  if (accessKeyId === undefined || secretAccessKey === undefined) return undefined;
  return { accessKeyId, secretAccessKey, sessionToken: values.get('aws_session_token') };
}
