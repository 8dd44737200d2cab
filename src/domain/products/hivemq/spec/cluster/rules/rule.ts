import type { SpecIssue } from '../../../../../spec/issue.js';
import type { HivemqSpec } from '../../part.js';

/** One rule that ties keys together: what is wrong with a spec and what to write instead; nothing where it holds. */
export type ClusterRule = (spec: HivemqSpec) => SpecIssue[];

/** The issue when the condition is met. */
export const issueIf = (applies: boolean, path: SpecIssue['path'], message: string): SpecIssue[] =>
  applies ? [{ path, message }] : [];
