import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Requirement } from '../../../support/requirements.js';

const execute = promisify(execFile);

/** Runs a program to its end and gives what it printed. */
export async function run(program: string, ...args: string[]): Promise<string> {
  const { stdout, stderr } = await execute(program, args);
  return stdout + stderr;
}

async function requirement(program: string, probe: string[], install: string): Promise<Requirement> {
  const there = await run(program, ...probe).then(
    () => true,
    () => false,
  );
  return { missing: there ? undefined : `${program} is not on the PATH.`, install };
}

/** Makes the certificates that the product did not make itself. */
export const opensslRequirement = (): Promise<Requirement> =>
  requirement('openssl', ['version'], 'apt-get install openssl, as root.');

/** Java's view of a keystore. */
export const keytoolRequirement = (): Promise<Requirement> =>
  requirement('keytool', ['-help'], 'apt-get install openjdk-17-jdk-headless, as root.');
