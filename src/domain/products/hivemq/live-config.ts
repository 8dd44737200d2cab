import { XMLParser } from 'fast-xml-parser';
import { z } from 'zod';

/** What a node's own config.xml says, whoever wrote it. */
export interface LiveConfig {
  /** Null where it is not a plain number, e.g. a placeholder. */
  readonly replicaCount: number | null;
  readonly listenerPorts: readonly number[];
}

const listener = z.looseObject({ port: z.coerce.number().int().positive().optional().catch(undefined) });
const elements = z.record(z.string(), z.array(listener).catch([]));

const configSchema = z.object({
  hivemq: z.object({
    listeners: elements.catch({}),
    cluster: z
      .looseObject({
        replication: z
          .looseObject({ 'replica-count': z.coerce.number().int().positive().nullable().catch(null) })
          .optional(),
      })
      .optional()
      .catch(undefined),
  }),
});

const parser = new XMLParser({
  ignoreAttributes: true,
  isArray: (_name, path) => typeof path === 'string' && /^hivemq\.listeners\.[^.]+$/.test(path),
});

/** HiveMQ's default where the element is missing. */
const defaultReplicaCount = 2;

/** Reads a config.xml; null where the text is none. */
export function readLiveConfig(xml: string): LiveConfig | null {
  try {
    const parsed = configSchema.safeParse(parser.parse(xml));
    if (!parsed.success) return null;
    const { listeners, cluster } = parsed.data.hivemq;
    const replication = cluster?.replication;
    return {
      replicaCount: replication ? replication['replica-count'] : defaultReplicaCount,
      listenerPorts: Object.values(listeners).flatMap((all) =>
        all.flatMap(({ port }) => (port === undefined ? [] : [port])),
      ),
    };
  } catch {
    return null;
  }
}
