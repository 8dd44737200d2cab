export {
  installationSchema,
  type Installation,
  type InstallationSecret,
  type InstalledExtension,
} from './installation.js';
export { adoptRequestSchema, type AdoptRequest } from './request.js';
export type { Installations, NeededSecret, PackedExtensions, SpecReading } from './reading.js';
export { bundledExtensions } from './bundled.js';
export { extensionsToPack } from './extensions.js';
export { sameConfig } from './same-config.js';
