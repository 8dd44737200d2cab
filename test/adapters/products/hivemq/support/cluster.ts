import { afterAll, beforeAll } from 'vitest';
import { DrivenCluster } from './driven-cluster.js';

export { DrivenCluster, keptProgress } from './driven-cluster.js';

/** A cluster for all tests of the block that this is called in. @returns it, once they run */
export function useCluster(names: readonly string[]): () => DrivenCluster {
  let cluster: DrivenCluster | undefined;
  beforeAll(async () => {
    cluster = await DrivenCluster.create(names);
  });
  afterAll(() => cluster?.stop());
  return () => {
    if (cluster === undefined) throw new Error('The cluster is there only while tests run.');
    return cluster;
  };
}
