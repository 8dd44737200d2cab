import { z } from 'zod';
import { defineStep, patient, quick } from './define-step.js';

/** What a node gets certificates for: material that somebody gave, a renewal, or the next CA. */
const goal = z.enum(['given', 'renew', 'switch']);
export type CertificateGoal = z.infer<typeof goal>;

const phase = z.enum(['begin', 'switch', 'finish']);
export type AuthorityPhase = z.infer<typeof phase>;

const rotating = {
  begin: 'Make the next CA, trusted beside the present one',
  switch: 'Let the next CA issue from now on',
  finish: 'Trust the CA of before no more',
};

export const rotateAuthority = defineStep({
  kind: 'rotateAuthority',
  meaning: 'Takes the internal CA of the cluster to the next phase of its change; no host is touched.',
  input: z.object({ phase, members: z.array(z.string()) }),
  title: (input) => rotating[input.phase],
  fenced: true,
  guards: [],
  purpose: () => 'join',
  timeouts: quick,
});

export const rotateCertificates = defineStep({
  kind: 'rotateCertificates',
  meaning:
    'Brings a running node the key material of its listeners and waits until a handshake shows it; else the files of before are put back.',
  input: z.object({ host: z.string(), members: z.array(z.string()), goal }),
  title: (input) => `Bring ${input.host} its certificates and verify them by handshake`,
  fenced: true,
  guards: [],
  purpose: () => 'join',
  timeouts: patient,
});

export const verifyCertificates = defineStep({
  kind: 'verifyCertificates',
  meaning: 'Waits until every listener of a node serves the certificate that lies on its host.',
  input: z.object({ host: z.string() }),
  title: (input) => `Verify the certificates of ${input.host} by handshake`,
  fenced: false,
  guards: [],
  purpose: () => 'join',
  timeouts: patient,
});

export const restoreSpec = defineStep({
  kind: 'restoreSpec',
  meaning: 'Puts the spec of before back into the record; no host is touched.',
  input: z.object({ spec: z.record(z.string(), z.unknown()) }),
  title: () => 'Keep the spec of before',
  fenced: true,
  guards: [],
  purpose: () => 'join',
  timeouts: quick,
});
