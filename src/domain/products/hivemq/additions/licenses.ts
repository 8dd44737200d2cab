import type { GivenLicense } from '../../additions.js';
import type { HivemqSpec } from '../spec/index.js';
import { changedSpec } from './changed-spec.js';
import { replaced } from './replaced.js';

/** Licenses lie side by side in one folder of the broker, each under its own name (HiveMQ user guide, "HiveMQ Licenses"). */
export const isLicenseItem =
  (name: string) =>
  (key: string): boolean =>
    key === `license/${name}`;

/** What a license covers is kept when its file is renewed. @throws HivekeeperError InvalidInput */
export function withLicense(spec: HivemqSpec, { name, content }: GivenLicense): HivemqSpec {
  const covers = spec.licenses.find((one) => one.name === name)?.covers;
  const license = { name, content, ...(covers && { covers }) };
  const licenses = replaced(spec.licenses, license, (one) => one.name === name);
  return changedSpec({ ...spec, licenses });
}

/** @throws HivekeeperError InvalidInput */
export function withoutLicense(spec: HivemqSpec, name: string): HivemqSpec {
  return changedSpec({ ...spec, licenses: spec.licenses.filter((one) => one.name !== name) });
}
