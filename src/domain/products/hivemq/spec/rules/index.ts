import { balancer } from './balancer.js';
import { extensionFiles, uniqueContent } from './content.js';
import { ownOptions, ownVariables } from './environment.js';
import { exposure, listenerNames, listenerTls, tlsPorts } from './listeners.js';
import { override } from './override.js';
import { controlCenterUsers, usersRules } from './users.js';

/** The rules beside those of the cluster element. */
export const rules = [
  exposure,
  listenerNames,
  listenerTls,
  tlsPorts,
  uniqueContent,
  extensionFiles,
  ownVariables,
  ownOptions,
  override,
  usersRules,
  controlCenterUsers,
  balancer,
];
