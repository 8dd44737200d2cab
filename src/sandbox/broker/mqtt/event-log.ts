import type { Log } from '../log.js';

/** Words for clients that the broker cut off, by the reason code of its DISCONNECT. */
const reasons: Readonly<Record<number, string>> = {
  // Community Edition, KeepAliveDisconnectHandler.
  0x8d: 'Client was idle for too long',
  // Community Edition, ReasonStrings.
  0x8e: 'Another client connected with the same client id',
  // The Community Edition has no REST API that moves clients; MQTT 5 names the code so.
  0x98: 'Administrative action',
};

/** Lines of log/event.log in the words of the Community Edition's class EventLog; all have the level DEBUG. */
export class EventLog {
  constructor(private readonly log: Pick<Log, 'named'>) {}

  connected(client: string, ip: string, clean: boolean, expiry: number): void {
    const line = `Client ID: ${client}, IP: ${ip}, Clean Start: ${clean}, Session Expiry: ${expiry} connected.`;
    this.log.named('event.client-connected').debug(line);
  }

  disconnected(client: string, ip: string, how: 'gracefully' | 'ungracefully'): void {
    this.log.named('event.client-disconnected').debug(`Client ID: ${client}, IP: ${ip} disconnected ${how}.`);
  }

  /** The connections that end with a shutdown are not told. */
  wasDisconnected(client: string, ip: string, code: number): void {
    const reason = reasons[code];
    if (reason === undefined) return;
    this.log
      .named('event.client-disconnected')
      .debug(`Client ID: ${client}, IP: ${ip} was disconnected. reason: ${reason}.`);
  }
}
