import type { Plan, PlanNode, PlanStep } from '../../domain/plan/index.js';
import type { ClusterSpec } from '../../domain/spec/index.js';
import { isStepKind, stepDefinition } from '../../domain/steps/index.js';
import { stepsOf } from '../../domain/plan/index.js';
import { rendererOf } from '../products/index.js';
import { lookAt } from './guards.js';
import type { Manual } from './manual.js';
import { manualOf } from './registry.js';
import { comment, helpers } from './shell.js';

/**
 * A plan as commands of a POSIX shell: for each step what to look at first, what to do, what to wait for and how to take
 * it back. Written for the day when Hivekeeper itself is what is broken: it needs ssh, and nothing of ours.
 */
export function renderRunbook(plan: Plan, spec: ClusterSpec): string {
  const hosts = hostsOf(plan, spec);
  const head = [
    '#!/bin/sh',
    ...comment(`Runbook: ${plan.title}`),
    ...comment(
      'Run it as a whole (`sh FILE`), or start `sh` and paste one block after the other; it stops at the first thing that is wrong.',
    ),
    ...comment(
      'Nothing else may work on this cluster meanwhile. Secrets are named where they are needed, never shown.',
    ),
    ...plan.warnings.flatMap((warning) => comment(`Warning: ${warning}`)),
    'set -eu',
    '',
    ...helpers(spec, hosts),
    ...rendererOf(spec).manual.helpers(spec, hosts),
  ];
  return [...head, ...blocks(plan.root, plan, spec), '', ...comment('Done.'), ''].join('\n');
}

/** Every host that a step may speak of. */
function hostsOf(plan: Plan, spec: ClusterSpec): string[] {
  const named = JSON.stringify([plan.members, ...stepsOf(plan.root).map(({ node, input }) => [node ?? null, input])]);
  return spec.hosts.map(({ name }) => name).filter((name) => named.includes(JSON.stringify(name)));
}

function blocks(node: PlanNode, plan: Plan, spec: ClusterSpec): string[] {
  if (node.type === 'step') return stepLines(node, plan, spec);
  const aside = node.type === 'parallel' && node.children.length > 1 ? ' (these may go side by side)' : '';
  const whole = node.atomic === true ? ' (finish it once begun)' : '';
  return [
    '',
    ...comment(`== ${node.title}${aside}${whole}`),
    ...node.children.flatMap((child) => blocks(child, plan, spec)),
  ];
}

function stepLines(step: PlanStep, plan: Plan, spec: ClusterSpec): string[] {
  const title = ['', ...comment(`-- ${step.title}`)];
  if (step.skip !== undefined) return [...title, ...comment(`skipped: ${step.skip}`)];
  const manual = manualOf(step.kind, step.input, { spec, plan });
  if (manual === null) return [...title, ...comment('this version does not know how to do it by hand')];
  return [...title, ...section('First', [...guardLines(step, plan), ...(manual.look ?? [])]), ...rest(manual)];
}

const rest = ({ act, wait = [], undo = [] }: Manual): string[] => [
  ...section('Do', act),
  ...section('Wait', wait),
  ...(undo.length > 0 ? comment(`To take it back: ${undo.join('; ')}`) : []),
];

const section = (name: string, lines: readonly string[]): string[] =>
  lines.length === 0 ? [] : [...comment(`${name}:`), ...lines];

/** A node that leaves is a member until it has left. */
function guardLines({ kind, node, input }: PlanStep, { members }: Plan): string[] {
  if (!isStepKind(kind) || node === undefined) return [];
  const definition = stepDefinition(kind);
  const { guards } = definition;
  const spared = definition.spares?.(input) ?? [];
  const given = guards.filter((name) => !spared.includes(name));
  return lookAt(given, { host: node, members: [...new Set([...members, node])] });
}
