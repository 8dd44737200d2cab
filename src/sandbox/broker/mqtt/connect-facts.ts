import type { IConnectPacket } from 'mqtt-packet';
import type { ConnectionFacts } from '../sessions/calls.js';

/** The names of protocol versions in the REST API. */
const versions: Record<number, string> = { 3: 'MQTTv3_1', 4: 'MQTTv3_1_1', 5: 'MQTTv5' };

/** What a CONNECT tells about its client. */
export function connectFacts(
  connect: IConnectPacket | undefined,
): Pick<ConnectionFacts, 'keepAlive' | 'mqttVersion' | 'cleanStart' | 'username'> {
  return {
    keepAlive: connect?.keepalive ?? 0,
    mqttVersion: versions[connect?.protocolVersion ?? 4] ?? 'MQTTv3_1_1',
    cleanStart: connect?.clean ?? true,
    username: connect?.username,
  };
}
