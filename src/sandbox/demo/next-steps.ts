export interface NextStepsFacts {
  readonly cluster: string;
  /** `host:port` of the Temporal server. */
  readonly address: string;
  readonly uiUrl: string;
  /** A version that the cluster does not run yet. */
  readonly version: string;
  readonly specFile: string;
  /** Where clients connect. */
  readonly gate: string;
}

const DEFAULT_ADDRESS = '127.0.0.1:7233';

/** What a reader can do with a demo that stays up. */
export function nextSteps({ cluster, address, uiUrl, version, specFile, gate }: NextStepsFacts): string {
  const at = address === DEFAULT_ADDRESS ? '' : ` --address ${address}`;
  const input = JSON.stringify({ cluster, version });
  return `The cluster ${cluster} stays up, its clients go on. MQTT: ${gate}   Temporal UI: ${uiUrl}
Try next, in another terminal:

  hivekeeper status ${cluster}${at}
  hivekeeper upgrade ${cluster} --to ${version} --dry-run${at}
  hivekeeper upgrade ${cluster} --to ${version} --wait${at}
  hivekeeper deploy ${specFile} --dry-run${at}

The same operation without hivekeeper, as any Temporal client can start it:

  temporal workflow start${at} --type rollingUpgrade --task-queue hivekeeper --input '${input}'
  temporal workflow list${at} --query 'HivekeeperCluster="${cluster}"'

Ctrl-C ends everything.
`;
}
