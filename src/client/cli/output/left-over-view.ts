import type { OperationProgress } from '../../../domain/operations/index.js';
import { leftOverLines } from '../../../domain/reports/index.js';
import { type Line, line } from './line.js';

/** What an operation that ended early left where, and what to type next. */
export function leftOverView({ left }: Pick<OperationProgress, 'left'>): Line[] {
  if (!left) return [];
  return [
    line('What is left', 'strong'),
    ...leftOverLines(left).map((text) => line(`  ${text}`)),
    ...left.undone.map((text) => line(`  put back: ${text}`)),
    ...left.notUndone.map((text) => line(`  NOT put back: ${text}`, 'bad')),
    line(`  finish it:    ${left.again}`),
    ...(left.back === null ? [] : [line(`  take it back: ${left.back}`)]),
  ];
}
