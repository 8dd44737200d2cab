import { operationWorkflow } from './operation/operation-workflow.js';

/** Workflow types, by the names under which they are started. A test holds this list to the operation registry. */
export { clusterRecord } from './record/cluster-record.js';
export const addLicense = operationWorkflow('addLicense');
export const removeLicense = operationWorkflow('removeLicense');
export const addExtension = operationWorkflow('addExtension');
export const configureExtension = operationWorkflow('configureExtension');
export const enableExtension = operationWorkflow('enableExtension');
export const disableExtension = operationWorkflow('disableExtension');
export const removeExtension = operationWorkflow('removeExtension');
export const adoptCluster = operationWorkflow('adoptCluster');
export const applySpec = operationWorkflow('applySpec');
export const checkCluster = operationWorkflow('checkCluster');
export const decommissionNode = operationWorkflow('decommissionNode');
export const deployCluster = operationWorkflow('deployCluster');
export const diagnoseCluster = operationWorkflow('diagnoseCluster');
export const forgetNode = operationWorkflow('forgetNode');
export const recoverCluster = operationWorkflow('recoverCluster');
export const removeCluster = operationWorkflow('removeCluster');
export const replaceNode = operationWorkflow('replaceNode');
export const restartNode = operationWorkflow('restartNode');
export const rollingRestart = operationWorkflow('rollingRestart');
export const rollingUpgrade = operationWorkflow('rollingUpgrade');
export const scaleCluster = operationWorkflow('scaleCluster');
export const setCertificates = operationWorkflow('setCertificates');
export const setControlCenterUsers = operationWorkflow('setControlCenterUsers');
export const setLogLevel = operationWorkflow('setLogLevel');
export const setUsers = operationWorkflow('setUsers');
