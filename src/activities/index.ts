import type { z } from 'zod';
import { type StepDefinition, type StepKind, steps } from '../domain/steps/index.js';
import type { Dependencies } from './dependencies.js';
import { configureBalancer } from './balancer/configure-balancer.js';
import { retireBalancer } from './balancer/retire-balancer.js';
import { prepareActivities } from './prepare/prepare-plan.js';
import { recordActivities } from './record/record-activities.js';
import { awaitWindow } from './steps/await-window.js';
import { adoptNode } from './steps/adoption/adopt-node.js';
import { installPackage } from './steps/install-package.js';
import { applySettings } from './steps/manifest/apply-settings.js';
import { restoreSpec, rotateAuthority } from './steps/certificates/authority.js';
import { rotateCertificates, verifyCertificates } from './steps/certificates/rotate-certificates.js';
import { dropNode, removeAnnouncement } from './steps/dead-nodes/drop-node.js';
import { fenceNode } from './steps/dead-nodes/fence-node.js';
import { awaitClients } from './steps/await-clients.js';
import { drainNode } from './steps/drain-node.js';
import { collectNode } from './steps/diagnostics/collect-node.js';
import { packDiagnostics } from './steps/diagnostics/pack-diagnostics.js';
import { removeArchives, requestArchives } from './steps/diagnostics/broker-archives.js';
import * as node from './steps/node-bodies.js';
import { noteVersion, settleVersion } from './steps/upgrade/settle-version.js';
import { copyData, moveData } from './steps/recovery-data.js';
import { importBackup, placeBackup, verifyRecovery } from './steps/recovery-import.js';
import { runRecoveryTool } from './steps/recovery-tool.js';
import { type StepActivity, stepActivity } from './steps/run-step.js';
import type { StepContext } from './steps/step-context.js';

/** What each kind of step does; the compiler asks for one body per declared kind. */
function stepActivities(dependencies: Dependencies): Record<StepKind, StepActivity> {
  const step = <Input extends z.ZodType>(
    definition: StepDefinition<StepKind, Input>,
    body: (context: StepContext, input: z.output<Input>) => Promise<string>,
  ): StepActivity => stepActivity(dependencies, definition, body);
  return {
    adoptNode: step(steps.adoptNode, adoptNode),
    awaitWindow: step(steps.awaitWindow, awaitWindow),
    installPackage: step(steps.installPackage, installPackage),
    configureNode: step(steps.configureNode, node.configureNode),
    updateMembers: step(steps.updateMembers, node.updateMembers),
    applySettings: step(steps.applySettings, applySettings),
    rotateAuthority: step(steps.rotateAuthority, rotateAuthority),
    rotateCertificates: step(steps.rotateCertificates, rotateCertificates),
    verifyCertificates: step(steps.verifyCertificates, verifyCertificates),
    restoreSpec: step(steps.restoreSpec, restoreSpec),
    startNode: step(steps.startNode, node.startNode),
    closeTraffic: step(steps.closeTraffic, node.closeTraffic),
    openTraffic: step(steps.openTraffic, node.openTraffic),
    drainNode: step(steps.drainNode, drainNode),
    awaitClients: step(steps.awaitClients, awaitClients),
    stopNode: step(steps.stopNode, node.stopNode),
    retireNode: step(steps.retireNode, node.retireNode),
    verifyCluster: step(steps.verifyCluster, node.verifyCluster),
    moveData: step(steps.moveData, moveData),
    copyData: step(steps.copyData, copyData),
    runRecoveryTool: step(steps.runRecoveryTool, runRecoveryTool),
    placeBackup: step(steps.placeBackup, placeBackup),
    importBackup: step(steps.importBackup, importBackup),
    fenceNode: step(steps.fenceNode, fenceNode),
    dropNode: step(steps.dropNode, dropNode),
    removeAnnouncement: step(steps.removeAnnouncement, removeAnnouncement),
    requestArchives: step(steps.requestArchives, requestArchives),
    collectNode: step(steps.collectNode, collectNode),
    packDiagnostics: step(steps.packDiagnostics, packDiagnostics),
    removeArchives: step(steps.removeArchives, removeArchives),
    configureBalancer: step(steps.configureBalancer, configureBalancer),
    retireBalancer: step(steps.retireBalancer, retireBalancer),
    noteVersion: step(steps.noteVersion, noteVersion),
    settleVersion: step(steps.settleVersion, settleVersion),
    soakNode: step(steps.soakNode, node.soakNode),
    verifyRecovery: step(steps.verifyRecovery, verifyRecovery),
  };
}

/** Every activity of a worker, by the name under which workflows call it. */
export function createActivities(dependencies: Dependencies) {
  return { ...prepareActivities(dependencies), ...recordActivities(dependencies), ...stepActivities(dependencies) };
}

export type Activities = ReturnType<typeof createActivities>;
export type { Dependencies } from './dependencies.js';
export { RecordService } from './record/record-service.js';
