import type { ProductAdditions } from '../../additions.js';
import { asHivemqSpec } from '../spec/index.js';
import {
  isExtensionItem,
  withExtension,
  withExtensionEnabled,
  withExtensionFile,
  withoutExtension,
} from './extensions.js';
import { isLicenseItem, withLicense, withoutLicense } from './licenses.js';

/** Licenses and extensions of a HiveMQ cluster. */
export const hivemqAdditions: ProductAdditions = {
  licenses: (spec) => asHivemqSpec(spec).licenses.map(({ name }) => name),
  coverage: (spec) =>
    asHivemqSpec(spec).licenses.flatMap(({ name, covers }) =>
      covers && name.endsWith('.lic') ? [{ name, nodes: covers.nodes }] : [],
    ),
  extensions: (spec) =>
    asHivemqSpec(spec).extensions.map(({ id, content }) => ({ id, bundled: content === undefined })),
  isLicenseItem,
  isExtensionItem,
  withLicense: (spec, given) => withLicense(asHivemqSpec(spec), given),
  withoutLicense: (spec, name) => withoutLicense(asHivemqSpec(spec), name),
  withExtension: (spec, given) => withExtension(asHivemqSpec(spec), given),
  withExtensionFile: (spec, given) => withExtensionFile(asHivemqSpec(spec), given),
  withExtensionEnabled: (spec, id, enabled) => withExtensionEnabled(asHivemqSpec(spec), id, enabled),
  withoutExtension: (spec, id) => withoutExtension(asHivemqSpec(spec), id),
};
