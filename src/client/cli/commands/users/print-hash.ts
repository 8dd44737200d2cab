import { hashPassword, randomSalt } from '../../../../adapters/products/index.js';
import { CliError } from '../../cli-error.js';
import { exitCodes } from '../../exit-codes.js';
import type { CliIo } from '../../io.js';

export interface HashRequest {
  readonly iterations: number;
  readonly salt?: Buffer | undefined;
}

/** More is no password but the wrong file. */
const longest = 64 * 1024;

/** Prints the hash of the one line that standard input has. @throws CliError when it is empty or has more lines */
export async function printHash({ iterations, salt }: HashRequest, io: CliIo): Promise<void> {
  const password = await passwordFrom(io);
  io.stdout.write(`${hashPassword(password, { salt: salt ?? randomSalt(), iterations })}\n`);
}

async function passwordFrom({ stdin }: Pick<CliIo, 'stdin'>): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stdin ?? []) {
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : Buffer.from(chunk);
    size += bytes.length;
    if (size > longest) throw refused(`is longer than ${longest} bytes`);
    chunks.push(bytes);
  }
  const password = textIn(Buffer.concat(chunks)).replace(/\r?\n$/, '');
  if (password === '') throw refused('is empty');
  if (/[\r\n]/.test(password)) throw refused('has more than one line');
  return password;
}

/** The extension takes passwords as UTF-8. */
function textIn(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    throw refused('is no UTF-8', error);
  }
}

const refused = (why: string, cause?: unknown): CliError =>
  new CliError(exitCodes.usage, `standard input ${why}: give the password there, as one line`, { cause });
