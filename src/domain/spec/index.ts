export {
  balancerHome,
  balancerHosts,
  findListener,
  haproxyOf,
  type FoundListener,
  type FrontendSpec,
  type HaproxySpec,
} from './balancer/index.js';
export { isLoopback, isWildcard, resolveBindAddress, type BindAddress } from './bind-address.js';
export type { ClusterSpec } from './common.js';
export { contentSchema, type Content, keyContentSchema, type KeyContent } from './content.js';
export {
  contentFiles,
  inlineContents,
  withStoredContents,
  withStoredFiles,
  type ContentFile,
  type InlineContent,
  type StoredFile,
} from './content-files.js';
export { duration, formatDuration, parseDuration, positiveDuration } from './duration.js';
export type { HostRole, HostSpec } from './host.js';
export { javaPackageName, type JavaSpec } from './java.js';
export { formatIssue, formatPath, type SpecIssue, type SpecWarning } from './issue.js';
export { packageContent, type PackageContent, type PackageSpec } from './package.js';
export { outlineSpec } from './outline.js';
export { encodeClusterSpec, parseClusterSpec, reviveClusterSpec, type SpecResult } from './parse.js';
export { specJsonSchema, specProducts } from './json-schema.js';
export type { MaintenanceWindow } from './maintenance-window.js';
export type { PolicySpec } from './policy.js';
export { findHost, nodeHosts, resolveHost, type ResolvedHost } from './resolved-host.js';
export { secretSchema, type Secret } from './secret.js';
export { shieldOf, type Shield } from './shield.js';
export { formatSize, parseSize, size } from './size.js';
export { compareVersions, parseVersion, version, type Version } from './version.js';
export { specWarnings } from './warnings.js';
