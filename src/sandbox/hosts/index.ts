/** The machines of a stage: SSH hosts on loopback addresses that can be broken on purpose. */
export { chooseHostKind, type HostKind } from './choose-accounts.js';
export type { CutOffManner, Host, KillTarget } from './host.js';
export type { HostProcess } from './host-processes.js';
export type { JournalEntry } from './journal.js';
export { makeKeyPair } from './keys.js';
export { type HandMade, installByHand, type InstallByHandOptions } from './install-by-hand.js';
export { startHost } from './start-host.js';
export type { StandIn } from './stand-ins.js';
export { killBrokersTogether } from './kill-together.js';
