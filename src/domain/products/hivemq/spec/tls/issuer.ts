import { z } from 'zod';
import { positiveDuration } from '../../../../spec/duration.js';
import { address, hookName } from '../../../../spec/text.js';

/** Who makes the key material of nodes where a listener or the transport has TLS and names no keystore. */
export const tlsIssuerSchema = z
  .strictObject({
    issuer: z
      .enum(['files', 'internal-ca', 'command'])
      .default('files')
      .describe(
        '`files`: each use names its keystore. `internal-ca`: a CA that the worker keeps for this cluster. `command`: a hook of the worker.',
      ),
    hook: hookName.optional().describe('Name of the hook at the worker, for issuer `command`.'),
    validity: positiveDuration.prefault('90d').describe('How long a certificate of the internal CA is valid.'),
    alternativeNames: z
      .array(address)
      .max(50)
      .default([])
      .describe("Further names in every node's certificate, e.g. that of the load balancer."),
  })
  .refine((value) => (value.issuer === 'command') === (value.hook !== undefined), {
    error: 'hook goes with issuer: command, and that issuer needs one',
    path: ['hook'],
  });
export type TlsIssuerSpec = z.infer<typeof tlsIssuerSchema>;
