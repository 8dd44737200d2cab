import { z } from 'zod';
import { positiveDuration } from '../duration.js';
import { secretSchema } from '../secret.js';
import { hostPath, port } from '../text.js';
import { connections, frontendSchema } from './frontend.js';

/** MQTT 5, 3.1.2.10: a keep-alive has two bytes, so this many seconds are the most a client can ask for. */
const longestKeepAlive = 65_535_000;
/** HAProxy keeps times as milliseconds of 31 bits. */
const longestTime = 24 * 86_400_000;
/** The path of a socket ends at 107 bytes, and HAProxy binds a temporary name of some more before it renames it. */
export const longestHome = 80;

const cidr = z.union([z.cidrv4(), z.cidrv6()], { error: 'must be an address with its prefix, such as 10.0.0.100/24' });

const vipSchema = z.strictObject({
  address: cidr.describe('Address with its prefix, such as `10.0.0.100/24`, that one of the hosts has at a time.'),
  interface: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,14}$/, { error: 'must be the name of a network interface, such as eth0' })
    .describe('Network interface that gets it; the same on every host of the balancer.'),
  routerId: z.int().min(1).max(255).default(51).describe('VRRP router id; no other VRRP group of the network has it.'),
  authentication: secretSchema
    .optional()
    .describe('Password of the VRRP group, as a secret reference; VRRP uses its first 8 characters. IPv4 only.'),
});

/** HAProxy before the cluster, on every host with the role `load-balancer`. */
export const haproxySchema = z.strictObject({
  product: z.literal('haproxy').describe('`haproxy`: HAProxy on every host with the role `load-balancer`.'),
  frontends: z.array(frontendSchema).min(1).max(50).describe('The ports at which clients connect.'),
  maxConnections: connections.default(100_000).describe('Connections at once through each host of the balancer.'),
  keepAlive: positiveDuration
    .refine((value) => value <= longestKeepAlive, { error: 'MQTT knows no keep-alive above 65535s' })
    .default(longestKeepAlive)
    .describe('Longest keep-alive of the clients. A connection silent for 1.5 times that and a minute is closed.'),
  hardStopAfter: positiveDuration
    .refine((value) => value <= longestTime, { error: 'HAProxy takes 24 days at most' })
    .default(7 * 86_400_000)
    .describe(
      'How long connections from before a reload may stay at the process that accepted them; then they are cut.',
    ),
  onNodeDown: z
    .enum(['disconnect', 'keep'])
    .default('disconnect')
    .describe('What becomes of the connections to a node whose health check fails: cut at once, or left alone.'),
  stats: z
    .strictObject({ port: port.describe('TCP port on the loopback of each host.') })
    .optional()
    .describe('Page with statistics, served to the host itself alone; default: none.'),
  resolvers: z
    .strictObject({
      nameservers: z
        .array(
          z.strictObject({
            address: z.union([z.ipv4(), z.ipv6()], { error: 'must be an IP address' }).describe('IP address.'),
            port: port.default(53).describe('UDP port.'),
          }),
        )
        .min(1)
        .max(10)
        .describe('Name servers.'),
    })
    .optional()
    .describe('Who is asked for nodes that are given by DNS name; default: the name servers of the host.'),
  supervisor: z
    .enum(['systemd', 'process'])
    .default('systemd')
    .describe('What keeps HAProxy running. `process` needs no root, and does not survive a reboot.'),
  home: hostPath
    .max(longestHome, { error: `has at most ${longestHome} characters, because sockets lie in it` })
    .default('/opt/hivekeeper-balancer')
    .describe(
      'Folder of configuration, key material and sockets; owned by the log-in user, as whom HAProxy runs. A host that is no node takes its own `home` instead.',
    ),
  vip: vipSchema
    .optional()
    .describe('An address that moves to another host of the balancer when one fails (keepalived).'),
});
export type HaproxySpec = z.infer<typeof haproxySchema>;
