import { afterAll, beforeAll, inject } from 'vitest';
import { startTemporalServer, type TemporalServer } from '../../src/worker/temporal-server/index.js';

/** The search attributes of Hivekeeper's workflows. */
export const searchAttributes = {
  HivekeeperCluster: 'Keyword',
  HivekeeperOperation: 'Keyword',
  HivekeeperPhase: 'Keyword',
} as const;

/** One private Temporal server for all tests of the file. @returns it, once they run */
export function withTemporal(): () => TemporalServer {
  let server: TemporalServer | undefined;
  beforeAll(async () => {
    server = await startTemporalServer({ program: inject('temporalProgram'), searchAttributes });
  });
  afterAll(() => server?.stop());
  return () => {
    if (server === undefined) throw new Error('The Temporal server is there only while tests run.');
    return server;
  };
}
