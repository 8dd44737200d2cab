export { nodeVariables } from './node-variables.js';
export { overrideProblems } from './problems.js';
