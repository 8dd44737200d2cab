import { operationWorkflow } from './operation/operation-workflow.js';

/** Workflow types, by the names under which they are started. A test holds this list to the operation registry. */
export { clusterRecord } from './record/cluster-record.js';
export const applySpec = operationWorkflow('applySpec');
export const checkCluster = operationWorkflow('checkCluster');
export const decommissionNode = operationWorkflow('decommissionNode');
export const deployCluster = operationWorkflow('deployCluster');
export const recoverCluster = operationWorkflow('recoverCluster');
export const removeCluster = operationWorkflow('removeCluster');
export const restartNode = operationWorkflow('restartNode');
export const rollingRestart = operationWorkflow('rollingRestart');
export const rollingUpgrade = operationWorkflow('rollingUpgrade');
export const scaleCluster = operationWorkflow('scaleCluster');
export const setCertificates = operationWorkflow('setCertificates');
export const setLogLevel = operationWorkflow('setLogLevel');
