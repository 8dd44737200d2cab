import type { ClusterSpec } from '../../../../src/domain/spec/index.js';
import type { World } from '../world.js';

/** What a rule looks at: the truth of the model, never what somebody observed or planned. */
export interface View {
  readonly world: World;
  /** As the record has it. */
  readonly spec: ClusterSpec;
  readonly operation: string;
  /** Whether the run that acts holds the lease. */
  readonly holdsLease: boolean;
}

/** Copies that each item has; independent nodes have one each. */
export const leastReplicas = ({ world }: View): number =>
  world.cluster.shape.clustered ? world.cluster.shape.replicaCount : 1;
