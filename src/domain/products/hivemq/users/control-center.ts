import { HivekeeperError } from '../../../errors/index.js';
import type { GivenControlCenterUser } from '../../users.js';
import { changedSpec } from '../additions/changed-spec.js';
import type { HivemqSpec } from '../spec/index.js';

/** Hashes of passwords are variables, by the place of their user in the list; config.xml names the users. */
export const isControlCenterItem = (key: string): boolean =>
  key === 'conf/config.xml' || /^variable HIVEKEEPER_CONTROL_CENTER_\d+$/.test(key);

/**
 * The spec with these users of the Control Center instead of those before.
 * @throws HivekeeperError InvalidInput, PlanRefused where it is off, or where config.xml is the user's own
 */
export function withControlCenterUsers(spec: HivemqSpec, users: readonly GivenControlCenterUser[]): HivemqSpec {
  const { controlCenter, configOverride } = spec;
  if (!controlCenter.enabled) {
    throw refused(spec, 'its control center is off: apply the spec with controlCenter: { enabled: true } first');
  }
  if (configOverride !== undefined) {
    throw refused(
      spec,
      'its config.xml is the configOverride of the spec, which names the users itself: change them there and apply it',
    );
  }
  return changedSpec({ ...spec, controlCenter: { ...controlCenter, users: [...users] } });
}

const refused = ({ name }: HivemqSpec, why: string): HivekeeperError =>
  new HivekeeperError('PlanRefused', `${name}: ${why}. Nothing was changed.`);
