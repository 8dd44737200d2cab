import { constants } from 'node:os';
import type { ClientChannel } from 'ssh2';
import { fieldOf } from './ssh-errors.js';

/** Tells a channel's connection that nobody waits for the channel any more. */
export const hungUp = Symbol('hung up');

/** A command that runs. `exit` answers null until the status is known; after the close, null means that the connection broke. */
export interface CommandChannel {
  readonly channel: ClientChannel;
  readonly exit: () => number | null;
}

/** Listens for the exit status. */
export function watchExit(channel: ClientChannel): () => number | null {
  let code: number | null = null;
  channel.on('exit', (status: unknown, signalName: unknown) => {
    // As a shell reports it: 128 and the number of the signal.
    if (typeof status === 'number') code = status;
    else code = 128 + Number(fieldOf(constants.signals, `SIG${String(signalName).replace(/^SIG/, '')}`) ?? 0);
  });
  return () => code;
}

/** Ends a command that nobody waits for any more: the signal reaches the program where sshd may send it, the closed channel the rest. */
export function hangUp(channel: ClientChannel): void {
  // Unread output would keep the channel, and with it its place, open.
  channel.resume();
  channel.stderr.resume();
  if (channel.writable) channel.signal('TERM');
  channel.destroy();
  channel.emit(hungUp);
}
