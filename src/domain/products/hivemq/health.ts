import { z } from 'zod';
import type { MembershipView } from '../../observation/index.js';

const statusSchema = z.string();

/** The parts of HiveMQ's health API body that decide; everything else may change between versions. */
export const healthSchema = z.object({
  status: statusSchema,
  components: z.object({
    cluster: z
      .object({
        status: statusSchema,
        details: z
          .object({
            'cluster-nodes': z.array(z.string()),
            'node-id': z.string(),
            'node-state': z.string(),
            'is-leave-replication-in-progress': z.boolean(),
          })
          .optional(),
      })
      .optional(),
    info: z
      .object({
        details: z.object({ version: z.string().optional(), 'started-at': z.number().optional() }).optional(),
      })
      .optional(),
    mqtt: z
      .object({
        components: z
          .record(
            z.string(),
            z.object({
              details: z
                .object({
                  'bind-address': z.string().optional(),
                  'is-running': z.boolean().optional(),
                  port: z.number().int().optional(),
                })
                .optional(),
            }),
          )
          .optional(),
      })
      .optional(),
  }),
});
type HealthBody = z.infer<typeof healthSchema>;

export interface ListenerHealth {
  readonly name: string;
  readonly address: string | null;
  readonly port: number | null;
  readonly running: boolean;
}

/** What one node says of itself. */
export interface NodeHealth {
  /** Of the whole node; an extension that is down makes it DOWN, so it does not decide whether the node serves. */
  readonly status: string;
  readonly version: string | null;
  /** Milliseconds since 1970 by the node's own clock. */
  readonly startedAt: number | null;
  readonly view: MembershipView | null;
  readonly listeners: readonly ListenerHealth[];
  /** The readiness group (cluster and MQTT listeners) answered 200. */
  readonly readiness: boolean;
}

function viewOf(body: HealthBody): MembershipView | null {
  const details = body.components.cluster?.details;
  if (details === undefined) return null;
  return {
    nodeId: details['node-id'],
    nodeState: details['node-state'],
    members: [...new Set(details['cluster-nodes'])].sort(),
    leaveReplicationInProgress: details['is-leave-replication-in-progress'],
  };
}

/** Reads a health body with the HTTP status of the readiness group; null where it is not one. */
export function readHealth(text: string, readinessStatus: number): NodeHealth | null {
  const parsed = healthSchema.safeParse(parseJson(text));
  if (!parsed.success) return null;
  const { data } = parsed;
  return {
    status: data.status,
    version: data.components.info?.details?.version ?? null,
    startedAt: data.components.info?.details?.['started-at'] ?? null,
    view: viewOf(data),
    listeners: Object.entries(data.components.mqtt?.components ?? {}).map(([name, { details }]) => ({
      name,
      address: details?.['bind-address'] ?? null,
      port: details?.port ?? null,
      running: details?.['is-running'] === true,
    })),
    readiness: readinessStatus === 200,
  };
}

/** The ports of `expected` on which no MQTT listener runs. */
export function missingListeners(health: NodeHealth, expected: readonly number[]): number[] {
  return expected.filter((port) => !health.listeners.some((listener) => listener.port === port && listener.running));
}

/**
 * Whether the node serves: readiness, no listener of its own down, every expected port listened on, and the cluster
 * state RUNNING where it is part of a cluster. The overall status is left out on purpose.
 */
export function isServing(health: NodeHealth, expected: readonly number[]): boolean {
  return (
    health.readiness &&
    health.listeners.length > 0 &&
    health.listeners.every(({ running }) => running) &&
    missingListeners(health, expected).length === 0 &&
    (health.view === null || health.view.nodeState === 'RUNNING')
  );
}

/** JSON or undefined, which no schema here accepts. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
