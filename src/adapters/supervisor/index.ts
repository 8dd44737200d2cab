export { installUnit } from './install-unit.js';
export { ProcessSupervisor } from './process.js';
export { SystemdSupervisor } from './systemd.js';
