import { HivekeeperError } from '../../domain/errors/index.js';
import { asHivemqSpec } from '../../domain/products/hivemq/spec/index.js';
import { findHost, type ClusterSpec, type ResolvedHost } from '../../domain/spec/index.js';
import type { NodeManifest } from '../node-manifest.js';
import type { Argv } from '../systemd/root-commands.js';
import type { ProductManual } from '../runbook/manual.js';
import type { OpenedStore, ServedListener } from '../served-listener.js';
import {
  hivemqManual,
  openedStores,
  renderManifest,
  renderRecoveryDropIn,
  renderSudoers,
  renderSystemdUnit,
  rootCommands,
  servedListeners,
} from './hivemq/index.js';

/** What a product's renderers make of a spec for one host, by its name. All throw UnknownNode for a name that is none. */
export interface ProductRenderer {
  /** Everything that the node has, for a cluster of these members. */
  manifest(spec: ClusterSpec, members: readonly string[], host: string): NodeManifest;
  /** Where the node serves MQTT clients. */
  listeners(spec: ClusterSpec, host: string): ServedListener[];
  /** The keystores and truststores that its broker opens. */
  openedStores(spec: ClusterSpec): OpenedStore[];
  /** The systemd unit. */
  systemdUnit(spec: ClusterSpec, host: string): string;
  /** A drop-in for the unit that makes one start a recovery start. */
  recoveryDropIn(spec: ClusterSpec, host: string): string;
  /** The sudoers file for the log-in user. */
  sudoers(spec: ClusterSpec, host: string): string;
  /** The commands that run as root, which the sudoers file allows. */
  rootCommands(spec: ClusterSpec, host: string): Argv[];
  /** What its brokers say and take, for who works by hand. */
  readonly manual: ProductManual;
}

function hostOf(spec: ClusterSpec, name: string): ResolvedHost {
  const host = findHost(spec, name);
  if (host) return host;
  throw new HivekeeperError('UnknownNode', `${spec.name}: no host of the spec is named ${name}`);
}

const renderers: Readonly<Record<string, ProductRenderer>> = {
  hivemq: {
    manifest: (spec, members, host) => renderManifest(asHivemqSpec(spec), members, host),
    listeners: (spec, host) => servedListeners(asHivemqSpec(spec), hostOf(spec, host)),
    openedStores: (spec) => openedStores(asHivemqSpec(spec)),
    systemdUnit: (spec, host) => renderSystemdUnit(asHivemqSpec(spec), hostOf(spec, host)),
    recoveryDropIn: (spec, host) => renderRecoveryDropIn(asHivemqSpec(spec), hostOf(spec, host)),
    sudoers: (spec, host) => renderSudoers(asHivemqSpec(spec), hostOf(spec, host)),
    rootCommands: (spec, host) => rootCommands(asHivemqSpec(spec), hostOf(spec, host)),
    manual: hivemqManual,
  },
};

/** @throws HivekeeperError InvalidInput for a product that has no renderer. */
export function rendererOf(spec: ClusterSpec): ProductRenderer {
  const renderer = renderers[spec.broker.product];
  if (renderer) return renderer;
  throw new HivekeeperError('InvalidInput', `${spec.name}: product ${spec.broker.product} is not known`);
}
