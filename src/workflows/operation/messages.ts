import { defineQuery, defineSignal } from '@temporalio/workflow';
import {
  type DrainRates,
  type OperationProgress,
  operationMessages,
  type PreparedPlan,
} from '../../domain/operations/index.js';

export const pauseSignal = defineSignal(operationMessages.pause);
export const resumeSignal = defineSignal(operationMessages.resume);
export const approveSignal = defineSignal<[unknown]>(operationMessages.approve);
export const rejectSignal = defineSignal<[unknown]>(operationMessages.reject);
export const setDrainRateSignal = defineSignal<[unknown]>(operationMessages.setDrainRate);
export const noticeSignal = defineSignal<[unknown]>(operationMessages.notice);
export const planQuery = defineQuery<PreparedPlan | null>(operationMessages.plan);
export const drainRatesQuery = defineQuery<DrainRates>(operationMessages.drainRates);
export const progressQuery = defineQuery<OperationProgress>(operationMessages.progress);
