/** Search attributes by which operations are found in Temporal; registered by the worker at its start, all of type Keyword. */
export const searchAttributeNames = {
  cluster: 'HivekeeperCluster',
  operation: 'HivekeeperOperation',
  phase: 'HivekeeperPhase',
} as const;
