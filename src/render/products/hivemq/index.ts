export { hivemqManual } from './manual.js';
export { renderManifest } from './manifest.js';
export { renderSudoers, rootCommands } from './sudoers.js';
export { renderRecoveryDropIn, renderSystemdUnit } from './systemd-unit.js';
export { openedStores, servedListeners } from './served-listeners.js';
