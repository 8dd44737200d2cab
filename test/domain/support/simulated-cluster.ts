import { z } from 'zod';
import type { NodeObservation } from '../../../src/domain/observation/index.js';
import type { PlanStep } from '../../../src/domain/plan/index.js';
import type { RecordChange } from '../../../src/domain/record/index.js';
import { steps } from '../../../src/domain/steps/index.js';
import type { WantedItems } from '../../../src/domain/planning/index.js';
import { at, bareNode, itemsOf, observationOf, servingNode, settingsOf, unreachableNode } from './nodes.js';

type Process = 'stopped' | 'starting' | 'serving' | 'stopping';

export interface SimulatedNode {
  process: Process;
  /** Whether the worker cannot reach its host, whatever runs there. */
  unreachable: boolean;
  version: string | null;
  installed: string[];
  current: string | null;
  /** Members that its files name. */
  told: string[];
  /** Whether its files were written since its process was last gone. */
  configured: boolean;
  gate: 'open' | 'closed';
  clients: number;
  settings: string | null;
  items: WantedItems | null;
  /** Fencing token of the last operation that wrote to it. */
  token: number;
  /** How often it was started. */
  starts: number;
  status: 'member' | 'retired' | null;
  data: boolean;
  moved: { path: string; at: string; reason: string; recovered?: string }[];
}

const spare = (): SimulatedNode => ({
  process: 'stopped',
  unreachable: false,
  version: null,
  installed: [],
  current: null,
  told: [],
  configured: false,
  gate: 'closed',
  clients: 0,
  settings: null,
  items: null,
  token: 0,
  starts: 0,
  status: null,
  data: false,
  moved: [],
});

/** A cluster as the steps change it: no time, no network, only what the safety rules speak of. */
export class SimulatedCluster {
  readonly nodes = new Map<string, SimulatedNode>();
  /** What the spec's settings are now; a node that starts takes them over. */
  generation = 0;
  /** What its hot settings are now; a node that starts, or is told while it runs, takes them over. */
  hotGeneration = 0;
  /** What somebody added to all hosts, and what they had of it before: that counts again once the spec is put back. */
  added: WantedItems = { restart: {}, hot: {} };
  addedBefore: WantedItems = { restart: {}, hot: {} };
  /** The spec that an upgrade has noted. */
  noted: Record<string, unknown> = {};
  /** Fencing token of the present operation. */
  token = 1;
  /** Folders whose data an import has brought back: `<label>/<host>`. */
  readonly imported = new Set<string>();
  /** Exports of the recovery tool, by label: made once. */
  readonly exported = new Map<string, string[]>();

  constructor(hosts: readonly string[]) {
    for (const host of hosts) this.nodes.set(host, spare());
  }

  node(host: string): SimulatedNode {
    const node = this.nodes.get(host);
    if (!node) throw new Error(`no host ${host}`);
    return node;
  }

  /** As after a finished deployment. */
  settle(members: readonly string[], version: string): this {
    for (const host of members) {
      Object.assign(this.node(host), {
        process: 'serving',
        version,
        installed: [version],
        current: version,
        told: [...members],
        gate: 'open',
        clients: 7,
        settings: settingsOf(host, this.generation),
        items: this.wanted(host),
        token: this.token,
        status: 'member',
        data: true,
      });
    }
    return this;
  }

  /** What a host should have now. */
  wanted(host: string): WantedItems {
    const { restart, hot } = itemsOf(host, this.generation, this.hotGeneration);
    return { restart: { ...restart, ...this.added.restart }, hot: { ...hot, ...this.added.hot } };
  }

  get serving(): string[] {
    return [...this.nodes].filter(([, node]) => node.process === 'serving').map(([host]) => host);
  }

  observe() {
    return observationOf([...this.nodes].map(([host, node]) => this.observeNode(host, node)));
  }

  private observeNode(host: string, node: SimulatedNode): NodeObservation {
    if (node.unreachable) return unreachableNode(host);
    const running = node.process !== 'stopped';
    const identity = node.status && {
      cluster: 'prod',
      node: host,
      token: node.token,
      status: node.status,
      files: {},
      movedData: node.moved,
      ...(node.settings !== null && { settings: node.settings }),
      ...(node.items !== null && { items: { ...node.items.restart }, hot: { ...node.items.hot } }),
    };
    const base = node.process === 'serving' ? servingNode(host, this.serving) : bareNode(host);
    return {
      ...base,
      identity,
      process: { running, pid: running ? 1 : null, startTime: running ? '1' : null },
      installed: [...node.installed],
      current: node.current,
      runningVersion: running ? node.version : null,
      clients: node.clients,
    };
  }

  /** The step has begun to act. */
  begin(step: PlanStep): void {
    if (step.kind === 'stopNode') {
      const node = this.node(steps.stopNode.input.parse(step.input).host);
      if (node.process !== 'stopped') node.process = 'stopping';
    }
    if (step.kind === 'startNode') {
      const node = this.node(steps.startNode.input.parse(step.input).host);
      if (node.process === 'stopped') Object.assign(node, { process: 'starting', version: node.current });
    }
  }

  /** The step has failed and left its node as it was. */
  giveUp(step: PlanStep): void {
    if (step.node === undefined) return;
    const node = this.node(step.node);
    if (step.kind === 'stopNode' && node.process === 'stopping') node.process = 'serving';
    if (step.kind === 'startNode' && node.process === 'starting') node.process = 'stopped';
  }

  /** The step has done its work; gives what its activity tells the record. */
  end(step: PlanStep): RecordChange[] {
    const { kind, input } = step;
    switch (kind) {
      case 'installPackage': {
        const { host, version } = steps.installPackage.input.parse(input);
        this.node(host).installed = [...new Set([...this.node(host).installed, version])];
        return [];
      }
      case 'configureNode': {
        const { host, version, members } = steps.configureNode.input.parse(input);
        const node = this.node(host);
        if (node.process === 'stopped')
          Object.assign(node, {
            current: version,
            told: members,
            configured: true,
            status: 'member',
            token: this.token,
          });
        return [];
      }
      case 'updateMembers': {
        const { host, members } = steps.updateMembers.input.parse(input);
        Object.assign(this.node(host), { told: members, token: this.token });
        return [];
      }
      case 'applySettings': {
        const { host } = steps.applySettings.input.parse(input);
        const node = this.node(host);
        node.items = { restart: node.items?.restart ?? {}, hot: this.wanted(host).hot };
        node.token = this.token;
        return [];
      }
      case 'startNode': {
        const { host, version } = steps.startNode.input.parse(input);
        const node = this.node(host);
        const fresh = node.process === 'starting';
        Object.assign(node, { process: 'serving', status: 'member', data: true, configured: false });
        if (fresh) {
          node.settings = settingsOf(host, this.generation);
          node.items = this.wanted(host);
          node.starts += 1;
        }
        node.token = this.token;
        return [{ type: 'joined', host, version, at }];
      }
      case 'closeTraffic':
      case 'openTraffic': {
        const { host } = steps.openTraffic.input.parse(input);
        this.node(host).gate = kind === 'openTraffic' ? 'open' : 'closed';
        if (kind === 'openTraffic') this.node(host).clients = 7;
        return [];
      }
      case 'drainNode':
        this.node(steps.drainNode.input.parse(input).host).clients = 0;
        return [];
      case 'stopNode':
        Object.assign(this.node(steps.stopNode.input.parse(input).host), { process: 'stopped', clients: 0 });
        return [];
      case 'retireNode': {
        const { host, cordon, reason } = steps.retireNode.input.parse(input);
        Object.assign(this.node(host), { status: 'retired', data: false });
        return [{ type: 'left', host, at, cordon, reason }];
      }
      case 'fenceNode':
        Object.assign(this.node(steps.fenceNode.input.parse(input).host), { process: 'stopped', unreachable: true });
        return [];
      case 'dropNode': {
        const { host, reason } = steps.dropNode.input.parse(input);
        const node = this.node(host);
        node.gate = 'closed';
        if (!node.unreachable) Object.assign(node, { status: 'retired', data: false });
        return [{ type: 'left', host, at, cordon: true, reason }];
      }
      case 'moveData': {
        const { host, label } = steps.moveData.input.parse(input);
        const node = this.node(host);
        if (node.data && !node.moved.some((entry) => entry.reason === label))
          node.moved = [...node.moved, { path: `data-kept/${label}`, at, reason: label }];
        node.data = false;
        return [];
      }
      case 'runRecoveryTool': {
        const { hosts, label } = steps.runRecoveryTool.input.parse(input);
        if (!this.exported.has(label)) this.exported.set(label, hosts);
        return [];
      }
      case 'importBackup': {
        const { label } = steps.importBackup.input.parse(input);
        for (const host of this.exported.get(label) ?? []) this.imported.add(`${label}/${host}`);
        return [];
      }
      case 'verifyRecovery': {
        const { label, members } = steps.verifyRecovery.input.parse(input);
        for (const host of members) {
          const node = this.node(host);
          node.moved = node.moved.map((entry) => (entry.reason === label ? { ...entry, recovered: at } : entry));
        }
        return [];
      }
      case 'noteVersion': {
        this.noted = steps.noteVersion.input.parse(input).spec;
        return [{ type: 'specAccepted', spec: this.noted }];
      }
      case 'settleVersion': {
        const { version, before } = steps.settleVersion.input.parse(input);
        if ([...this.nodes.values()].some((node) => node.process !== 'stopped' && node.version === version)) return [];
        if (this.noted['broker'] === undefined) return [];
        const broker = z.record(z.string(), z.unknown()).parse(this.noted['broker']);
        return [{ type: 'specAccepted', spec: { ...this.noted, broker: { ...broker, version: before } } }];
      }
      case 'restoreSpec': {
        this.added = this.addedBefore;
        return [{ type: 'specAccepted', spec: steps.restoreSpec.input.parse(input).spec, restored: true }];
      }
      default:
        return [];
    }
  }
}
