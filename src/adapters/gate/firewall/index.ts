export { FirewallGate } from './firewall-gate.js';
