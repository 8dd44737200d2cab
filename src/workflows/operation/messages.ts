import { defineQuery, defineSignal } from '@temporalio/workflow';
import { type OperationProgress, operationMessages, type PreparedPlan } from '../../domain/operations/index.js';

export const pauseSignal = defineSignal(operationMessages.pause);
export const resumeSignal = defineSignal(operationMessages.resume);
export const approveSignal = defineSignal<[unknown]>(operationMessages.approve);
export const rejectSignal = defineSignal<[unknown]>(operationMessages.reject);
export const planQuery = defineQuery<PreparedPlan | null>(operationMessages.plan);
export const progressQuery = defineQuery<OperationProgress>(operationMessages.progress);
