import { upgradeLines } from './upgrade-view.js';
import type { OperationView } from '../../temporal/index.js';

/** What an operation that waits for an approval would do, and how to answer it. */
export function approvalHint({ progress, plan }: OperationView, workflowId: string): string[] {
  const hash = progress?.planHash ?? plan?.hash ?? null;
  const upgrade = plan?.plan.upgrade;
  return [
    ...(upgrade ? upgradeLines(upgrade).map(({ text }) => `  ${text}`) : []),
    ...(plan?.plan.changes ?? []).map((change) => `  - ${change}`),
    `  approve: hivekeeper approve ${workflowId}${hash === null ? '' : ` --plan ${hash}`}`,
    `  reject:  hivekeeper reject ${workflowId}`,
  ];
}
