import { createPublicKey, type KeyObject } from 'node:crypto';
import { join } from 'node:path';
import { z } from 'zod';
import { HivekeeperError } from '../../domain/errors/index.js';
import { requestFor } from './ca/sign.js';
import { orderedChain } from './chain.js';
import { asFolder, certificateNames } from './names.js';
import { asMaterial, NodeStore, renewalTime, type Issued } from './node-store.js';
import { certificatesOf, privateKeyOf } from './pem.js';
import type { KeyMaterial } from './port.js';
import { materialProblems } from './problems.js';
import { runIssuer } from './run-issuer.js';

/**
 * A command of the worker that issues certificates. It reads one JSON object from its standard input,
 * `{ cluster, node, addresses, certificateRequest }`, where `certificateRequest` is a PKCS#10 request in PEM for a key that
 * the worker has just made, and prints `{ certificateChain, caCertificates, privateKey? }`, all PEM. A command that signs
 * the request leaves `privateKey` out; one that makes a key of its own prints it, unencrypted.
 */
export interface IssuerHook {
  readonly issue: readonly [string, ...string[]];
  /** Milliseconds; default 60 000. */
  readonly timeout?: number;
}

export type IssuerHooks = Readonly<Record<string, IssuerHook>>;

const answerSchema = z.object({
  certificateChain: z.string(),
  caCertificates: z.string(),
  privateKey: z.string().optional(),
});

interface Wish {
  readonly cluster: string;
  readonly node: string;
  readonly addresses: readonly string[];
  readonly force?: boolean;
}

/** Material from commands; kept in a folder of the worker, so that a command is asked only when something is due. */
export class CommandIssuer {
  constructor(
    private readonly folder: string,
    private readonly hooks: IssuerHooks,
    private readonly now: () => Date = () => new Date(),
  ) {}

  /** @throws HivekeeperError InvalidInput for an unknown hook or an answer that cannot be used, CommandFailed, CommandTimedOut */
  async issue(name: string, wish: Wish, signal?: AbortSignal): Promise<KeyMaterial> {
    const hook = this.hook(name);
    const names = certificateNames(wish.node, wish.addresses);
    const store = new NodeStore(join(this.folder, asFolder(wish.cluster), 'hooks', asFolder(name)));
    const current = await store.current(wish.node);
    if (current && wish.force !== true && this.isGood(current.issued, names)) return asMaterial(current.issued);
    const { request, privateKey } = await requestFor(wish.node, names);
    const question = { cluster: wish.cluster, node: wish.node, addresses: names, certificateRequest: request };
    const { timeout = 60_000 } = hook;
    const output = await runIssuer(name, hook.issue, { input: JSON.stringify(question), timeout, signal });
    const issued = this.checked(name, wish.node, names, output, privateKey);
    return asMaterial(await store.replace(wish.node, current?.number ?? 0, issued));
  }

  private hook(name: string): IssuerHook {
    const hook = Object.hasOwn(this.hooks, name) ? this.hooks[name] : undefined;
    if (hook) return hook;
    const known = Object.keys(this.hooks).join(', ') || 'none';
    throw new HivekeeperError(
      'InvalidInput',
      `The spec names the hook "${name}" for certificates, which this worker does not define (defined: ${known}). Define it in the worker's configuration.`,
      { hook: name },
    );
  }

  private isGood({ certificateChain, caCertificates }: Issued, names: readonly string[]): boolean {
    const chain = certificatesOf(certificateChain, 'The stored chain');
    const trusted = certificatesOf(caCertificates, 'The stored CA certificates');
    const now = this.now();
    return now < renewalTime(chain[0]) && materialProblems(chain, { addresses: names, trusted, now }).length === 0;
  }

  /** The answer in our spelling. @throws HivekeeperError InvalidInput that never quotes it */
  private checked(hook: string, node: string, names: readonly string[], output: string, ownKey: string): Issued {
    const title = `the certificate for ${node} from the hook "${hook}"`;
    const answer = parseAnswer(hook, output);
    const certificates = certificatesOf(answer.certificateChain, `The certificateChain of the hook "${hook}"`);
    const trusted = certificatesOf(answer.caCertificates, `The caCertificates of the hook "${hook}"`);
    const key = privateKeyOf(answer.privateKey ?? ownKey, `The privateKey of the hook "${hook}"`);
    const chain = orderedChain(certificates, key, title);
    const problems = materialProblems(chain, { addresses: names, trusted, now: this.now() }, key);
    if (!isStrong(key)) problems.push('has an RSA key of less than 2048 bits');
    if (problems.length > 0) {
      throw new HivekeeperError(
        'InvalidInput',
        `T${title.slice(1)} cannot be used: it ${problems.join('; it ')}. Correct what the hook issues.`,
        { hook, node, problems },
      );
    }
    return {
      certificateChain: chain.map(String).join(''),
      privateKey: key.export({ type: 'pkcs8', format: 'pem' }).toString(),
      caCertificates: trusted.map(String).join(''),
    };
  }
}

function parseAnswer(hook: string, output: string): z.output<typeof answerSchema> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(output);
  } catch {
    parsed = undefined;
  }
  const result = answerSchema.safeParse(parsed);
  if (result.success) return result.data;
  // The texts of the parser quote what they found, which may be a key.
  const where =
    parsed === undefined
      ? 'no JSON'
      : `JSON without ${result.error.issues.map(({ path }) => path.join('.')).join(', ') || 'an object'}`;
  throw new HivekeeperError(
    'InvalidInput',
    `The hook "${hook}" for certificates printed ${where}, expected { "certificateChain": PEM, "privateKey": PEM, "caCertificates": PEM }. Correct the hook's program; notes belong on its error output.`,
    { hook },
  );
}

function isStrong(key: KeyObject): boolean {
  const bits = createPublicKey(key).asymmetricKeyDetails?.modulusLength;
  return bits === undefined || bits >= 2048;
}
