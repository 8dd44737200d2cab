export type { PasswordType } from './access-list.js';
export { credentialsProblems, credentialsRefusal } from './credentials-problems.js';
export { extensionsOf, fileRbac, type WantedExtension } from './extensions.js';
export {
  allowAllExtension,
  credentialsLink,
  credentialsPath,
  fileRbacExtension,
  legacyFiles,
  settingsPath,
} from './names.js';
export { hashProblem, mostIterations } from './password-hash.js';
export type { PermissionSpec, RoleSpec, UserSpec } from './schema.js';
