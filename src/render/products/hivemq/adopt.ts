import { readSpec } from '../../../domain/products/hivemq/adopt/read-spec.js';
import type {
  AdoptRequest,
  Installations,
  PackedExtensions,
  SpecReading,
} from '../../../domain/products/hivemq/adopt/index.js';
import type { HivemqSpec } from '../../../domain/products/hivemq/spec/index.js';
import { renderConfigXml } from './config-xml.js';
import { renderManifest } from './manifest.js';

/** What the variable of each secret stands for: the one that the spec names. */
function referencesOf(spec: HivemqSpec, members: readonly string[], name: string): Map<string, string> {
  const { variables } = renderManifest(spec, members, name);
  return new Map(
    variables.flatMap(({ name: variable, value }) => {
      if (value.from === 'generated') return [];
      return [[variable, 'env' in value.secret ? `\${ENV:${value.secret.env}}` : `\${FILE:${value.secret.file}}`]];
    }),
  );
}

function renderConfig(spec: HivemqSpec, members: readonly string[], name: string): string {
  const references = referencesOf(spec, members, name);
  return renderConfigXml(spec, members, name).replace(
    /\$\{ENV:([A-Z0-9_]+)\}/g,
    (all, variable: string) => references.get(variable) ?? all,
  );
}

/**
 * The spec of a cluster that was made by hand, from what its hosts tell. Exact: what this spec renders for each host is
 * element by element what the host has, the vendor's defaults counted as said; what keys cannot say so stands in a
 * `configOverride`; and what that cannot say either is a problem.
 * @param request what somebody says of it; any key in it wins and is compared with the hosts.
 * @param installations by the names of hosts in the request; these hosts are the members.
 * @param packed archives of extensions in the content store, as `packExtension` made them.
 */
export const specOf = (
  request: AdoptRequest,
  installations: Installations,
  packed: PackedExtensions = {},
): SpecReading => readSpec({ request, installations, packed, renderConfig });
