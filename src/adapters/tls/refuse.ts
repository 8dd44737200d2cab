import { HivekeeperError } from '../../domain/errors/index.js';

/** Why key material is refused; stands in the details of the error as `reason`. */
export type KeyMaterialFault =
  | 'no-pem'
  | 'damaged'
  | 'wrong-password'
  | 'wrong-key-password'
  | 'unusable-password'
  | 'mismatch'
  | 'broken-chain'
  | 'not-supported';

/** The error for key material that cannot be used. Neither text may hold a key or a password. */
export function refuse(reason: KeyMaterialFault, message: string, cause?: unknown): HivekeeperError {
  return new HivekeeperError('KeyMaterialInvalid', message, { reason }, { cause });
}
