import type { ProductUsers } from '../../users.js';
import { asHivemqSpec } from '../spec/index.js';
import { authenticationProblem } from './authentication.js';
import { isControlCenterItem, withControlCenterUsers } from './control-center.js';
import { isUsersItem, withUsers } from './mqtt-users.js';

/** Users of a HiveMQ cluster: those of clients by the File RBAC extension, those of the Control Center by config.xml. */
export const hivemqUsers: ProductUsers = {
  isUsersItem,
  isControlCenterItem,
  authenticationProblem,
  withUsers: (spec, given) => withUsers(asHivemqSpec(spec), given),
  withControlCenterUsers: (spec, users) => withControlCenterUsers(asHivemqSpec(spec), users),
};
