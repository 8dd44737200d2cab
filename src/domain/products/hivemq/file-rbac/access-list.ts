/** How passwords stand in the file: as hashes that the extension made or `hivekeeper users hash`, or as they are. */
export const passwordTypes = ['hashed', 'plain'] as const;
export type PasswordType = (typeof passwordTypes)[number];

/** The words of a permission, as the extension has them (TopicPermission of the vendor's extension SDK). */
export const permissionWords = {
  activity: ['PUBLISH', 'SUBSCRIBE', 'ALL'],
  qos: ['ZERO', 'ONE', 'TWO', 'ZERO_ONE', 'ONE_TWO', 'ZERO_TWO', 'ALL'],
  retain: ['RETAINED', 'NOT_RETAINED', 'ALL'],
  sharedSubscription: ['SHARED', 'NOT_SHARED', 'ALL'],
} as const;

/** What a file says of one permission; undefined where an element is not there, so that its default holds. */
export interface FoundPermission {
  readonly topic: string | undefined;
  readonly activity: string | undefined;
  readonly qos: string | undefined;
  readonly retain: string | undefined;
  readonly sharedSubscription: string | undefined;
  readonly sharedGroup: string | undefined;
}

export interface FoundRole {
  readonly id: string | undefined;
  readonly permissions: readonly FoundPermission[];
}

export interface FoundUser {
  readonly name: string | undefined;
  /** Undefined where there is none; null where it is not known here, because it is a reference. */
  readonly password: string | null | undefined;
  readonly roles: readonly string[];
}

/** Users and roles as somebody wrote them down, before anything is judged. */
export interface AccessList {
  readonly users: readonly FoundUser[];
  readonly roles: readonly FoundRole[];
}
