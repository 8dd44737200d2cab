import type { RemoteHost } from '../../../adapters/ports/index.js';
import type { ClusterSession } from '../../cluster-session.js';

/** A host that can be asked, with its place in cluster transport. */
export interface Participant {
  readonly name: string;
  readonly host: RemoteHost;
  readonly address: string;
  readonly port: number;
}

/** The hosts of these names that can be reached; those that cannot are findings of other checks. */
export async function participantsOf(
  session: ClusterSession,
  names: readonly string[],
  signal: AbortSignal,
): Promise<Participant[]> {
  const found = await Promise.all(
    names.map(async (name): Promise<Participant | null> => {
      const { transport } = session.product.ports(session.spec, name);
      if (transport === null) return null;
      try {
        return { name, host: await session.connect(name, signal), ...transport };
      } catch {
        signal.throwIfAborted();
        return null;
      }
    }),
  );
  return found.filter((one) => one !== null);
}
