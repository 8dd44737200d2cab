import type { z } from 'zod';
import type { PlanStep } from '../plan/index.js';
import type { StepDefinition } from './define-step.js';
import * as adoption from './adoption-steps.js';
import * as balancer from './balancer-steps.js';
import * as certificates from './certificate-steps.js';
import * as deadNodes from './dead-node-steps.js';
import * as diagnostics from './diagnostic-steps.js';
import * as drain from './drain-steps.js';
import * as node from './node-steps.js';
import * as recovery from './recovery-steps.js';
import * as upgrade from './upgrade-steps.js';
import * as windows from './window-steps.js';

/** Every kind of step. An old kind stays here while a plan in a history may name it. */
export const steps = {
  ...node,
  ...certificates,
  ...adoption,
  ...recovery,
  ...deadNodes,
  ...diagnostics,
  ...drain,
  ...balancer,
  ...upgrade,
  ...windows,
};

export type StepKind = keyof typeof steps;
export type StepInput<Kind extends StepKind> = z.output<(typeof steps)[Kind]['input']>;

export function isStepKind(kind: string): kind is StepKind {
  return Object.hasOwn(steps, kind);
}

/** The declaration of a kind, seen alike for all kinds. */
export function stepDefinition(kind: StepKind): StepDefinition {
  const byKind: Readonly<Record<StepKind, StepDefinition>> = steps;
  return byKind[kind];
}

interface StepExtras {
  /** Last part of the id where a plan has the kind more than once for a node; default: the kind. */
  readonly as?: string;
  readonly skip?: string | undefined;
  readonly undo?: PlanStep['undo'];
}

/** A step of a plan, its input held to the declaration by the compiler. */
export function planStep<Kind extends StepKind>(kind: Kind, input: StepInput<Kind>, extras: StepExtras = {}): PlanStep {
  const parsed: Record<string, unknown> = input;
  const node = typeof parsed['host'] === 'string' ? parsed['host'] : undefined;
  return {
    type: 'step',
    id: `${node ?? 'cluster'}/${extras.as ?? kind}`,
    kind,
    title: stepDefinition(kind).title(input),
    ...(node !== undefined && { node }),
    input: parsed,
    ...(extras.skip !== undefined && { skip: extras.skip }),
    ...(extras.undo && { undo: extras.undo }),
  };
}
