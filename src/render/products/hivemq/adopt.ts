import { readSpec } from '../../../domain/products/hivemq/adopt/read-spec.js';
import type { AdoptRequest } from '../../../domain/products/hivemq/adopt/request.js';
import type { Installations, PackedExtensions, SpecReading } from '../../../domain/products/hivemq/adopt/reading.js';
import { renderConfigXml } from './config-xml.js';

/**
 * The spec of a cluster that was made by hand, from what its hosts tell. Exact: what this spec renders for each host is
 * element by element what the host has, the vendor's defaults counted as said; what keys cannot say so stands in a
 * `configOverride`; and what that cannot say either is a problem.
 * @param request what somebody says of it; any key in it wins and is compared with the hosts.
 * @param installations by the names of hosts in the request; these hosts are the members.
 * @param packed archives of extensions in the content store, as `packExtension` made them.
 */
export function specOf(
  request: AdoptRequest,
  installations: Installations,
  packed: PackedExtensions = {},
): SpecReading {
  return readSpec({ request, installations, packed, renderConfig: renderConfigXml });
}
