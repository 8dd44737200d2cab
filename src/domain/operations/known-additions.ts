import type { ObservedExtension } from '../observation/index.js';
import { members, nodeOf, type PlanContext, refuse } from '../planning/index.js';
import { productOf } from '../products/index.js';
import { reviveClusterSpec } from '../spec/index.js';

const listed = (ids: readonly string[]): string => [...new Set(ids)].sort().join(', ') || 'none';

/** Extensions of a member's folder; null where they could not be read. */
const observedOn = (context: PlanContext, host: string): readonly ObservedExtension[] | null =>
  nodeOf(context, host).extensions;

/**
 * One that is switched on or off must be in the spec, or lie on every member, as what comes with the package does.
 * @throws HivekeeperError PlanRefused that names what there is
 */
export function requireThere(context: PlanContext, id: string): void {
  const { recorded, product } = context;
  const inSpec = recorded === null ? [] : product.additions.extensions(recorded);
  if (inSpec.some((one) => one.id === id && !one.bundled)) return;
  const looked = members(context).flatMap((host) => {
    const found = observedOn(context, host);
    return found === null ? [] : [{ host, ids: found.map((one) => one.id) }];
  });
  const lacking = looked.filter(({ ids }) => !ids.includes(id)).map(({ host }) => host);
  if (lacking.length === 0) return;
  const where = lacking.length === looked.length ? 'on no member' : `not on ${lacking.join(', ')}`;
  refuse(
    context,
    `the extension ${id} is ${where}, and its spec brings none of that id. The spec has ${listed(inSpec.map((one) => one.id))}; on its members are ${listed(looked.flatMap(({ ids }) => ids))}. Bring it with addExtension.`,
  );
}

/**
 * One that is removed must be in the spec, or left over on a member by a removal that was cut off.
 * @throws HivekeeperError PlanRefused that names what there is
 */
export function requireBrought(context: PlanContext, id: string): void {
  const { recorded, product } = context;
  const inSpec = recorded === null ? [] : product.additions.extensions(recorded).map((one) => one.id);
  if (inSpec.includes(id) || leftOver(context, product.additions.isExtensionItem(id))) return;
  if (previousHas(context, (additions, spec) => additions.extensions(spec).some((one) => one.id === id))) return;
  const lies = members(context).filter((host) => observedOn(context, host)?.some((one) => one.id === id) === true);
  refuse(
    context,
    lies.length > 0
      ? `the extension ${id} was not brought by its spec: it comes with the broker's package, or somebody put it on ${lies.join(', ')}. It can only be disabled: use disableExtension`
      : `its spec has no extension ${id}; it has ${listed(inSpec)}`,
  );
}

/** @throws HivekeeperError PlanRefused that names what there is */
export function requireLicense(context: PlanContext, name: string): void {
  const { recorded, product } = context;
  const inSpec = recorded === null ? [] : product.additions.licenses(recorded);
  if (inSpec.includes(name) || leftOver(context, product.additions.isLicenseItem(name))) return;
  if (previousHas(context, (additions, spec) => additions.licenses(spec).includes(name))) return;
  refuse(context, `its spec has no license ${name}; it has ${listed(inSpec)}`);
}

/** Whether some member still has what the spec does not: an earlier run ended before it came there. */
function leftOver(context: PlanContext, isItem: (key: string) => boolean): boolean {
  return members(context).some((host) => {
    const { items = {}, hot = {} } = nodeOf(context, host).identity ?? {};
    return [...Object.keys(items), ...Object.keys(hot)].some(isItem);
  });
}

type Additions = PlanContext['product']['additions'];

/** A run that is repeated once everything is done finds nothing to do. */
function previousHas(
  { record }: PlanContext,
  has: (additions: Additions, spec: ReturnType<typeof reviveClusterSpec>) => boolean,
): boolean {
  if (record.previous === null) return false;
  const spec = reviveClusterSpec(record.previous);
  return has(productOf(spec).additions, spec);
}
