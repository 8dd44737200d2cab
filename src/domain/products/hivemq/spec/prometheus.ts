import type { HivemqSpec } from './part.js';

/** Facts of the Prometheus extension: its id, its files (the old one wins where both are) and its defaults. */
const id = 'hivemq-prometheus-extension';
const files = ['prometheusConfiguration.properties', 'conf/config.properties'];
const defaults = { address: '0.0.0.0', port: 9399, path: '/metrics' };

/** Where a node serves its metrics. */
export interface MetricsEndpoint {
  readonly address: string;
  readonly port: number;
  readonly path: string;
  /** False where the file that says so is not in the spec as text, so that the extension's defaults stand here. */
  readonly known: boolean;
  /** Index of the extension among those of the spec. */
  readonly extension: number;
}

/** The value of a key in the text of a properties file. */
function property(text: string, key: string): string | undefined {
  const line = text.split(/\r?\n/).findLast((one) => new RegExp(`^\\s*${key}\\s*[=:]`).test(one));
  return line?.replace(/^[^=:]*[=:]/, '').trim();
}

/**
 * Metrics as the Prometheus extension serves them; null where the spec does not have it or has it disabled. A file that
 * is not given as text is not read here: then the extension's own defaults are assumed.
 */
export function metricsEndpoint({ extensions }: Pick<HivemqSpec, 'extensions'>): MetricsEndpoint | null {
  const index = extensions.findIndex((extension) => extension.id === id && extension.enabled);
  const extension = extensions[index];
  if (!extension) return null;
  const content = files.map((file) => extension.files[file]).find((one) => one !== undefined);
  const text = content !== undefined && 'text' in content ? content.text : '';
  const port = Number(property(text, 'port') ?? defaults.port);
  return {
    address: property(text, 'ip') ?? defaults.address,
    port: Number.isInteger(port) && port > 0 && port < 65_536 ? port : defaults.port,
    path: property(text, 'metric_path') ?? defaults.path,
    known: content === undefined || 'text' in content,
    extension: index,
  };
}
