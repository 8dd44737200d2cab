export { ProcessSupervisor } from './process.js';
export { SystemdSupervisor } from './systemd.js';
