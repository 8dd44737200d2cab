export type { PasswordType } from './access-list.js';
export { credentialsProblems, credentialsRefusal } from './credentials-problems.js';
export { extensionsOf, fileRbac, type WantedExtension } from './extensions.js';
export {
  allowAllExtension,
  credentialsLink,
  credentialsPath,
  fileRbacExtension,
  settingsPath,
} from './names.js';
export { hashProblem } from './password-hash.js';
export type { PermissionSpec, RoleSpec, UserSpec } from './schema.js';
