export type { AuthorityPhase, CertificateGoal } from './certificate-steps.js';
export * from './define-step.js';
export * from './registry.js';
