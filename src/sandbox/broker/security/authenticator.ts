import type { Permission } from './permissions.js';

/** A client that wants to connect. */
export interface Applicant {
  clientId: string;
  username: string | undefined;
  password: Buffer | undefined;
  /** Name of the listener that it came by. */
  listener: string;
}

/** Reason codes of CONNACK (MQTT 5, section 3.2.2.2). */
export const refusals = { notAuthorized: 0x87, badUserNameOrPassword: 0x86, clientIdNotValid: 0x85 } as const;
export type Refusal = (typeof refusals)[keyof typeof refusals];

/** A decision about a client; admitted without permissions it may do everything. */
export type Admission =
  | { admitted: true; permissions: readonly Permission[] | undefined }
  | { admitted: false; reason: Refusal };

/** Part of an extension that decides about clients. */
export interface Authenticator {
  /** @returns undefined when the next extension shall decide */
  decide(applicant: Applicant): Admission | undefined;
  close(): void;
}
