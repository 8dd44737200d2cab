export { renderNode } from './node.js';
export { renderSudoers, rootCommands } from './sudoers.js';
export { renderRecoveryDropIn, renderSystemdUnit } from './systemd-unit.js';
