import type { Extension, ExtensionWatcher } from '../extensions.js';
import type { Log } from '../log.js';
import { type Admission, type Applicant, type Authenticator, refusals } from './authenticator.js';
import { FileRbac } from './file-rbac.js';

/** Lets everybody in, with all permissions. */
const everybody: Authenticator = {
  decide: () => ({ admitted: true, permissions: undefined }),
  close: () => undefined,
};

export interface SecurityOptions {
  readonly folderOf: (id: string) => string;
  log: Log;
  env: NodeJS.ProcessEnv;
}

/**
 * Who may connect, and what he may do: the extensions that decide about clients. They are asked in the order of their
 * priority, the highest first, those of the same priority in the order of their ids, so that the Allow All extension
 * comes before File RBAC and leaves nothing to it. When none runs, or none decides, a client is refused. The Enterprise
 * Security extension is not simulated: it lets everybody in.
 */
export class Security implements ExtensionWatcher {
  private readonly running = new Map<string, { extension: Extension; authenticator: Authenticator }>();

  constructor(private readonly options: SecurityOptions) {}

  private create(id: string): Authenticator | undefined {
    const { folderOf, log, env } = this.options;
    switch (id) {
      case 'hivemq-allow-all-extension':
      case 'hivemq-enterprise-security-extension':
        return everybody;
      case 'hivemq-file-rbac-extension': {
        const longest = env['HIVEMQ_SIM_RBAC_RELOAD'];
        const named = log.named('com.hivemq.extensions.rbac.file');
        return new FileRbac(folderOf(id), named, longest === undefined ? undefined : Number(longest));
      }
      default:
        return undefined;
    }
  }

  started(extension: Extension): void {
    const authenticator = this.create(extension.id);
    if (authenticator) this.running.set(extension.id, { extension, authenticator });
  }

  stopped({ id }: Extension): void {
    this.running.get(id)?.authenticator.close();
    this.running.delete(id);
  }

  /** Whether anybody decides about clients. */
  get present(): boolean {
    return this.running.size > 0;
  }

  admit(applicant: Applicant): Admission {
    const order = [...this.running.values()].sort(
      (a, b) => b.extension.priority - a.extension.priority || (a.extension.id < b.extension.id ? -1 : 1),
    );
    for (const { authenticator } of order) {
      const decision = authenticator.decide(applicant);
      if (decision) return decision;
    }
    return { admitted: false, reason: refusals.notAuthorized };
  }
}
