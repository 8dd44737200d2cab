import { operationWorkflow } from './operation/operation-workflow.js';

/** Workflow types, by the names under which they are started. A test holds this list to the operation registry. */
export { clusterRecord } from './record/cluster-record.js';
export const checkCluster = operationWorkflow('checkCluster');
export const decommissionNode = operationWorkflow('decommissionNode');
export const deployCluster = operationWorkflow('deployCluster');
export const recoverCluster = operationWorkflow('recoverCluster');
export const removeCluster = operationWorkflow('removeCluster');
export const rollingUpgrade = operationWorkflow('rollingUpgrade');
export const scaleCluster = operationWorkflow('scaleCluster');
