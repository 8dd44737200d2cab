import type { z } from 'zod';
import { isStepKind, type StepDefinition, type StepKind, steps } from '../../domain/steps/index.js';
import type { Manual, ManualContext } from './manual.js';
import * as node from './node-manuals.js';
import * as other from './other-manuals.js';

type Written = (input: unknown, context: ManualContext) => Manual | null;

/** Holds what a plan brings to the declaration of the kind before anything is made of it. */
const manual =
  <Input extends z.ZodType>(
    { input }: StepDefinition<StepKind, Input>,
    write: (given: z.output<Input>, context: ManualContext) => Manual,
  ): Written =>
  (given, context) => {
    const parsed = input.safeParse(given);
    return parsed.success ? write(parsed.data, context) : null;
  };

/** How each kind of step is done by hand; a test compares it with the registry of steps. */
export const manuals: Readonly<Partial<Record<StepKind, Written>>> = {
  adoptNode: manual(steps.adoptNode, other.adoptNode),
  applySettings: manual(steps.applySettings, node.applySettings),
  awaitClients: manual(steps.awaitClients, other.awaitClients),
  awaitWindow: manual(steps.awaitWindow, other.awaitWindow),
  closeTraffic: manual(steps.closeTraffic, node.closeTraffic),
  collectNode: manual(steps.collectNode, other.collectNode),
  configureBalancer: manual(steps.configureBalancer, other.configureBalancer),
  configureNode: manual(steps.configureNode, node.configureNode),
  copyData: manual(steps.copyData, other.copyData),
  drainNode: manual(steps.drainNode, node.drainNode),
  dropNode: manual(steps.dropNode, other.dropNode),
  fenceNode: manual(steps.fenceNode, other.fenceNode),
  importBackup: manual(steps.importBackup, other.importBackup),
  installPackage: manual(steps.installPackage, node.installPackage),
  moveData: manual(steps.moveData, other.moveData),
  noteVersion: manual(steps.noteVersion, other.noteVersion),
  openTraffic: manual(steps.openTraffic, node.openTraffic),
  packDiagnostics: manual(steps.packDiagnostics, other.packDiagnostics),
  placeBackup: manual(steps.placeBackup, other.placeBackup),
  removeAnnouncement: manual(steps.removeAnnouncement, other.removeAnnouncement),
  removeArchives: manual(steps.removeArchives, other.removeArchives),
  requestArchives: manual(steps.requestArchives, other.requestArchives),
  restoreSpec: manual(steps.restoreSpec, other.restoreSpec),
  retireBalancer: manual(steps.retireBalancer, other.retireBalancer),
  retireNode: manual(steps.retireNode, node.retireNode),
  rotateAuthority: manual(steps.rotateAuthority, other.rotateAuthority),
  rotateCertificates: manual(steps.rotateCertificates, other.rotateCertificates),
  runRecoveryTool: manual(steps.runRecoveryTool, other.runRecoveryTool),
  settleVersion: manual(steps.settleVersion, other.settleVersion),
  soakNode: manual(steps.soakNode, node.soakNode),
  startNode: manual(steps.startNode, node.startNode),
  stopNode: manual(steps.stopNode, node.stopNode),
  updateMembers: manual(steps.updateMembers, node.updateMembers),
  verifyCertificates: manual(steps.verifyCertificates, other.verifyCertificates),
  verifyCluster: manual(steps.verifyCluster, node.verifyCluster),
  verifyRecovery: manual(steps.verifyRecovery, other.verifyRecovery),
};

/** How a step of a plan is done by hand; null for one that this version does not know. */
export function manualOf(kind: string, input: unknown, context: ManualContext): Manual | null {
  return isStepKind(kind) ? (manuals[kind]?.(input, context) ?? null) : null;
}
