import { z } from 'zod';
import { sshOverrideSchema } from './ssh.js';
import { address, hostName, hostPath, loopbackAddress } from './text.js';

/** What a host is there for; a host may have several roles. */
const hostRole = z.enum(['node', 'load-balancer', 'recovery', 'scratch', 'nfs', 'management-center']);
export type HostRole = z.infer<typeof hostRole>;

const fingerprint = z.string().regex(/^SHA256:[A-Za-z0-9+/]{43}$/, {
  error: 'a host key is its fingerprint, SHA256: and 43 characters, as `ssh-keygen -lf` prints it',
});

/** One fingerprint or several in the file, a list in the parsed spec. */
const hostKeys = z.codec(
  z.union([fingerprint, z.array(fingerprint).min(1)], {
    error: 'a host key is a fingerprint "SHA256:…", or a list of them',
  }),
  z.array(fingerprint),
  { decode: (value) => (typeof value === 'string' ? [value] : value), encode: (value) => value },
);

export const hostSchema = z
  .strictObject({
    name: hostName.describe('Name by which the cluster remembers the host; unique in the spec.'),
    address: address.describe('IP address or DNS name for SSH.'),
    clusterAddress: address.optional().describe('Address at which the other nodes reach this one; default: `address`.'),
    externalAddress: address
      .optional()
      .describe('Address at which the other nodes reach this one through address translation.'),
    externalPort: z
      .int()
      .min(1)
      .max(65_535)
      .optional()
      .describe('Port of cluster transport at `externalAddress`; default: the one that is bound.'),
    hostKey: hostKeys.describe(
      'Fingerprint of the SSH host key, or a list while keys are rotated. Any other key is refused.',
    ),
    roles: z.array(hostRole).min(1).default(['node']).describe('What the host is there for.'),
    ssh: sshOverrideSchema.optional().describe('Log-in settings that differ from those of the cluster.'),
    home: hostPath.optional().describe('Folder of the broker on this host; default: `broker.home`.'),
    loopback: loopbackAddress
      .default('127.0.0.1')
      .describe("Address of the host's own loopback, where REST and health API listen."),
  })
  .refine((host) => host.externalPort === undefined || host.externalAddress !== undefined, {
    error: 'goes with externalAddress, the address that this port is at; add it or leave the port out',
    path: ['externalPort'],
  });
export type HostSpec = z.infer<typeof hostSchema>;
