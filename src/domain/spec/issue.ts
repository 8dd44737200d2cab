/** One thing that is wrong with a spec. */
export interface SpecIssue {
  readonly path: readonly (string | number)[];
  /** What is wrong and what to write instead, without the path; lines of a spec to add may follow the sentence. */
  readonly message: string;
  /** The name that was probably meant. */
  readonly hint?: string;
  /** Set where the spec came from a file; both count from 1. */
  readonly line?: number;
  readonly column?: number;
}

/** Something that is allowed and probably not wanted. */
export interface SpecWarning {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** `hosts[1].address`, as people write it. */
export function formatPath(path: readonly (string | number)[]): string {
  return path.reduce<string>((text, key) => {
    if (typeof key === 'number') return `${text}[${key}]`;
    if (!/^[A-Za-z_][\w-]*$/.test(key)) return `${text}[${JSON.stringify(key)}]`;
    return text === '' ? key : `${text}.${key}`;
  }, '');
}

/** The whole issue in one line: position, path, message and suggestion, as far as they are known. */
export function formatIssue(issue: SpecIssue): string {
  const path = formatPath(issue.path);
  const hint = issue.hint === undefined ? '' : ` (did you mean "${issue.hint}"?)`;
  return `${path === '' ? '' : `${path}: `}${issue.message}${hint}`;
}
