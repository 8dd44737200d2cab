import type { Command } from '@commander-js/extra-typings';
import type { CliIo } from '../io.js';
import { registerAdopt } from './adopt/register-adopt.js';
import { registerDemo } from './demo.js';
import { registerDiagnose } from './diagnose/register-diagnose.js';
import { registerEndpoints } from './endpoints/register-endpoints.js';
import { registerHosts } from './hosts/register-hosts.js';
import { registerOperations } from './operations/register-operations.js';
import { registerWait } from './operations/register-wait.js';
import { registerPlan } from './plan/register-plan.js';
import { registerRunbook } from './runbook/register-runbook.js';
import { registerRollback } from './rollback/register-rollback.js';
import { registerRender } from './render.js';
import { registerSchema } from './schema.js';
import { registerSpec } from './spec/register-spec.js';
import { registerStatus } from './status/register-status.js';
import { registerDrainRate } from './steer/register-drain-rate.js';
import { registerSteer } from './steer/register-steer.js';
import { registerUncordon } from './uncordon.js';
import { registerUsers } from './users/register-users.js';
import { registerValidate } from './validate.js';
import { registerUp, registerWorker } from './worker.js';

/** Adds one command, or several, to the program. A command that fails throws a CliError or a HivekeeperError. */
export type CommandModule = (program: Command, io: CliIo) => void;

/** Every command, in the order of the help. */
export const commands: readonly CommandModule[] = [
  registerSchema,
  registerValidate,
  registerRender,
  registerHosts,
  registerPlan,
  registerOperations,
  registerAdopt,
  registerRollback,
  registerRunbook,
  registerDiagnose,
  registerStatus,
  registerSpec,
  registerEndpoints,
  registerWait,
  registerSteer,
  registerDrainRate,
  registerUncordon,
  registerUsers,
  registerUp,
  registerDemo,
  registerWorker,
];
