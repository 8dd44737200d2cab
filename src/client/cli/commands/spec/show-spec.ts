import { stringify } from 'yaml';
import { HivekeeperError } from '../../../../domain/errors/index.js';
import { encodeClusterSpec } from '../../../../domain/spec/index.js';
import { queryRecord, type TemporalAddress } from '../../../temporal/index.js';
import type { CliIo } from '../../io.js';
import { withTemporal } from '../shared/with-temporal.js';

export interface SpecRequest {
  readonly cluster: string;
  readonly json: boolean;
}

/** @throws HivekeeperError UnknownCluster */
export async function showSpec(
  { cluster, json }: SpecRequest,
  temporal: Partial<TemporalAddress>,
  io: CliIo,
): Promise<void> {
  const { spec } = await withTemporal(io, temporal, (session) => queryRecord(session, cluster));
  if (spec === null) throw new HivekeeperError('UnknownCluster', `${cluster} was never deployed`);
  const file = encodeClusterSpec(spec);
  // A folded line would be hard to compare with the one in somebody's own file.
  io.stdout.write(json ? `${JSON.stringify(file, null, 2)}\n` : stringify(file, { lineWidth: 0 }));
}
