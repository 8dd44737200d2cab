import type { ObservedExtension } from '../observation/index.js';
import type { ClusterSpec, Content, KeyContent, Secret } from '../spec/index.js';
import type { PasswordType, RoleSpec, UserSpec } from './hivemq/file-rbac/index.js';

export { usersCredentials, usersLists, usersSettings } from './hivemq/spec/users.js';

/** Who shall be let in, as somebody gives it to a running cluster. What is not given stays as it is. */
export interface GivenUsers {
  /** A whole file, or else users and roles. */
  readonly credentials?: KeyContent | undefined;
  readonly users?: readonly UserSpec[] | undefined;
  readonly roles?: readonly RoleSpec[] | undefined;
  readonly passwordType?: PasswordType | undefined;
  /** Archive of the extension that lets users in, where the cluster does not have it yet. */
  readonly extension?: Content | undefined;
}

/** Somebody who may log in to the broker's web interface. */
export interface GivenControlCenterUser {
  readonly name: string;
  readonly password: Secret;
}

/** Users of MQTT clients, and of the broker's own web interface. Each change gives the whole spec, read again by its schema. */
export interface ProductUsers {
  /** Whether the key of an item of a node has to do with users of MQTT clients. */
  isUsersItem(key: string): boolean;
  /** Whether the key of an item of a node has to do with users of the web interface. */
  isControlCenterItem(key: string): boolean;
  /** What is wrong with who decides about clients, where a node has these extensions; null where nothing is. */
  authenticationProblem(extensions: readonly ObservedExtension[]): string | null;
  /** @throws HivekeeperError InvalidInput */
  withUsers(spec: ClusterSpec, given: GivenUsers): ClusterSpec;
  /** @throws HivekeeperError InvalidInput, PlanRefused where the web interface is off */
  withControlCenterUsers(spec: ClusterSpec, users: readonly GivenControlCenterUser[]): ClusterSpec;
}
