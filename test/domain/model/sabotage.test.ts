import { describe, expect, it } from 'vitest';
import type { PlanNode } from '../../../src/domain/plan/index.js';
import fc from 'fast-check';
import { changeGroups } from '../support/trees.js';
import type { JobKind } from './jobs.js';
import { again, calmly, cancelled, wildly } from './properties.js';
import { isSeen } from './runs.js';
import { type Trouble, troublesOf } from './trouble.js';

type Sabotage = (root: PlanNode) => PlanNode;

/** A plan without the steps of one kind. */
const without =
  (kind: string): Sabotage =>
  (root) =>
    changeGroups(root, (group) => ({
      ...group,
      children: group.children.filter((child) => child.type !== 'step' || child.kind !== kind),
    }));

const sideBySide =
  (matches: (id: string) => boolean): Sabotage =>
  (root) =>
    changeGroups(root, (group) => (matches(group.id) ? { ...group, type: 'parallel', limit: undefined } : group));

const mapSteps =
  (change: (step: Extract<PlanNode, { type: 'step' }>) => PlanNode): Sabotage =>
  (root) =>
    changeGroups(root, (group) => ({
      ...group,
      children: group.children.map((child) => (child.type === 'step' ? change(child) : child)),
    }));

const rolls: JobKind[] = ['rolling-restart', 'upgrade', 'deploy'];
const allChecks = [
  'synchronized',
  'max-unavailable',
  'replicas',
  'drained',
  'data-kept',
  'clients-can-move',
  'headroom',
];

describe('the watcher sees a planner', { timeout: 180_000 }, () => {
  it.each<[string, Sabotage, JobKind[]]>([
    ['that rolls all nodes at once', sideBySide((id) => id === 'roll'), rolls],
    ['that forgets the gate', without('closeTraffic'), rolls],
    ['that forgets to drain', without('drainNode'), rolls],
    ['that starts what it has not configured', without('configureNode'), rolls],
    ['that does not install', without('installPackage'), ['deploy', 'scale', 'upgrade']],
    ['that does not tell the old members', without('updateMembers'), ['scale', 'replace-living', 'decommission']],
    ['that leaves gates closed', without('openTraffic'), rolls],
    ['that starts all first nodes at once', sideBySide((id) => id === 'deploy'), ['first-deploy']],
    [
      'that gives up what lives',
      mapSteps((step) => (step.kind === 'stopNode' ? { ...step, skip: 'no' } : step)),
      ['decommission'],
    ],
    ['that does not note what was brought', without('applySettings'), ['add-extension', 'log-level']],
  ])('%s', (_, sabotage, kinds) => {
    expect(isSeen(calmly({ sabotage, blind: allChecks }, kinds))).toBe(true);
  });

  it('that has its restarts cut in half', () => {
    const sabotage: Sabotage = (root) => changeGroups(root, ({ atomic: _, ...group }) => group);
    expect(isSeen(cancelled({ sabotage }, rolls))).toBe(true);
  });

  it('that takes nothing back', () => {
    const sabotage = mapSteps(({ undo: _, ...step }) => step);
    expect(isSeen(cancelled({ sabotage }, rolls))).toBe(true);
  });

  it('that never opens again what an earlier run has closed', () => {
    const sabotage: Sabotage = (root) =>
      changeGroups(root, (group) => ({ ...group, children: group.children.filter(({ id }) => id !== 'reopen') }));
    expect(isSeen(again({ sabotage }, rolls))).toBe(true);
  });

  it('that brings data back without having moved it', () => {
    expect(isSeen(calmly({ sabotage: without('moveData') }, ['recover']))).toBe(true);
  });
});

describe('the watcher sees a cluster', { timeout: 180_000 }, () => {
  it.each<[string, JobKind[], Trouble['what'][]]>([
    ['synchronized', rolls, []],
    ['max-unavailable', rolls, ['broker-crashes']],
    ['drained', ['rolling-restart'], ['clients-come']],
    ['replicas', ['leave-too-few'], []],
    ['data-kept', ['forget-one-of-two'], []],
    ['really-gone', ['forget-hidden'], []],
  ])('that nobody asks about %s', (check, kinds, what) => {
    const troubles = what.length === 0 ? fc.constant<Trouble[]>([]) : troublesOf(what, 20);
    expect(isSeen(wildly({ blind: [check] }, kinds, troubles), `${check}:`)).toBe(true);
  });

  it('that a step leaves half-way which takes itself for untouched', () => {
    const troubles = troublesOf(['worker-dies-before'], 40);
    expect(isSeen(cancelled({ forgetful: true }, ['restart-node'], troubles))).toBe(true);
  });

  it('that two operations change', () => {
    const troubles = troublesOf(['lease-lost'], 2);
    expect(isSeen(wildly({ unfenced: true }, rolls, troubles), 'one-operation:')).toBe(true);
  });
});
