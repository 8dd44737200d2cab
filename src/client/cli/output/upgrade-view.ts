import type { Plan, PlannedUpgrade } from '../../../domain/plan/index.js';
import { type Line, line } from './line.js';

/** The way of an upgrade: each release that it crosses with what the vendor says of it. */
export function upgradeLines({ from, to, crossed, guidesPage }: PlannedUpgrade): Line[] {
  if (crossed.length === 0) return [line(`From ${from} to ${to}: no release is crossed`)];
  const unknown = crossed.some(({ guide }) => guide === null);
  return [
    line(
      `From ${from} to ${to}, ${crossed.length} ${crossed.length === 1 ? 'release' : 'releases'} crossed; read before:`,
      'strong',
    ),
    ...crossed.map(({ release, guide }) => line(`  ${release}  ${guide ?? 'see the list of guides'}`)),
    ...(unknown ? [line(`  all guides: ${guidesPage}`)] : []),
  ];
}

/** Who asks for an approval of the plan, where its operation has not asked itself. */
export function approvalLines({ approval }: Pick<Plan, 'approval'>): Line[] {
  if (approval === undefined) return [];
  return [line(`Nothing is done before somebody approves this plan by its hash: ${approval}`, 'strong')];
}
