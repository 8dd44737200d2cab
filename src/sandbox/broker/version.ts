import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The version of the distribution that this program lies in: `version` beside the program, as in a jar's manifest. */
export function readVersion(program: string): string {
  const file = join(dirname(program), 'version');
  return existsSync(file) ? readFileSync(file, 'utf8').trim() : '4.30.0';
}

/** Five random letters and digits: a new id at each start (Community Edition: "This HiveMQ ID is"). */
export function newNodeId(): string {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
  return Array.from({ length: 5 }, () => letters[Math.floor(Math.random() * letters.length)]).join('');
}
