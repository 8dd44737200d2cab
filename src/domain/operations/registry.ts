import { z } from 'zod';
import { HivekeeperError } from '../errors/index.js';
import { addLicense } from './add-license.js';
import { removeLicense } from './remove-license.js';
import { addExtension } from './add-extension.js';
import { configureExtension } from './configure-extension.js';
import { enableExtension } from './enable-extension.js';
import { disableExtension } from './disable-extension.js';
import { removeExtension } from './remove-extension.js';
import { adoptCluster } from './adopt-cluster.js';
import { applySpec } from './apply-spec.js';
import { checkCluster } from './check-cluster.js';
import { decommissionNode } from './decommission-node.js';
import type { OperationDefinition, ParsedInput } from './define-operation.js';
import { deployCluster } from './deploy-cluster.js';
import { diagnoseCluster } from './diagnose-cluster.js';
import { forgetNode } from './forget-node.js';
import { recoverCluster } from './recover-cluster.js';
import { removeCluster } from './remove-cluster.js';
import { replaceNode } from './replace-node.js';
import { restartNode } from './restart-node.js';
import { rollBack } from './roll-back.js';
import { rollingRestart } from './rolling-restart.js';
import { rollingUpgrade } from './rolling-upgrade.js';
import { scaleCluster } from './scale-cluster.js';
import { setCertificates } from './set-certificates.js';
import { setControlCenterUsers } from './set-control-center-users.js';
import { setLogLevel } from './set-log-level.js';
import { setUsers } from './set-users.js';

/** Every operation, in the order in which people meet them. */
export const operations = {
  deployCluster,
  adoptCluster,
  applySpec,
  scaleCluster,
  decommissionNode,
  rollingUpgrade,
  rollBack,
  rollingRestart,
  restartNode,
  setLogLevel,
  setCertificates,
  addLicense,
  removeLicense,
  addExtension,
  configureExtension,
  enableExtension,
  disableExtension,
  removeExtension,
  setUsers,
  setControlCenterUsers,
  recoverCluster,
  replaceNode,
  forgetNode,
  checkCluster,
  diagnoseCluster,
  removeCluster,
};

export type OperationType = keyof typeof operations;
export type OperationInput<Type extends OperationType> = z.input<(typeof operations)[Type]['input']>;

export function isOperationType(type: string): type is OperationType {
  return Object.hasOwn(operations, type);
}

/** The declaration of an operation, seen alike for all. */
export function operationDefinition(type: OperationType): OperationDefinition {
  const byType: Readonly<Record<OperationType, OperationDefinition>> = operations;
  return byType[type];
}

/**
 * The one reading of an operation's input, for CLI, webhook and workflow entry alike.
 * @throws HivekeeperError InvalidInput that names the field, what was expected and, for a missing input, an example.
 */
export function parseOperationInput(type: OperationType, json: unknown): ParsedInput {
  const definition = operationDefinition(type);
  if (json === undefined || json === null) {
    const required = z.toJSONSchema(definition.input, { io: 'input' }).required ?? [];
    const fields = required.filter((field) => field !== 'cluster').map((field) => `,"${field}":…`);
    throw new HivekeeperError(
      'InvalidInput',
      `${type} needs one JSON object as input, e.g. {"cluster":"prod"${fields.join('')}}`,
    );
  }
  const result = definition.input.safeParse(json);
  if (result.success) return result.data;
  const problems = result.error.issues.map((issue) => `${issue.path.join('.') || 'input'}: ${issue.message}`);
  throw new HivekeeperError('InvalidInput', `${type}: ${problems.join('; ')}`, { problems });
}
