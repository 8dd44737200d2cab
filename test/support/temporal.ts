import { afterAll, beforeAll, inject } from 'vitest';
import { searchAttributeTypes as searchAttributes } from '../../src/worker/search-attributes.js';
import { startTemporalServer, type TemporalServer } from '../../src/worker/temporal-server/index.js';

export { searchAttributes };

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
