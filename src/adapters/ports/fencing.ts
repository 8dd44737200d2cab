/** What makes sure that a host is off. It may be asked again for one that is off already. */
export interface Fencing {
  /** How it is named in plans and messages, e.g. `power`. */
  readonly name: string;
  /** @throws HivekeeperError FencingFailed */
  powerOff(host: FencedOff, signal: AbortSignal): Promise<'powered off' | 'was off already'>;
}

/** A host as the hook is told of it: the name in the spec, and the address of its SSH server. */
export interface FencedOff {
  readonly host: string;
  readonly address: string;
}
