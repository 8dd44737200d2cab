/** A rule that was broken, as seen from outside. */
export interface Violation {
  /** Name of the safety check, or of what a drain promises. */
  readonly rule: string;
  /** When, in ISO form. */
  readonly at: string;
  readonly nodes: readonly string[];
  readonly detail: string;
}

/** A time from `from` to `to`, in milliseconds of the machine's clock; `to` is Infinity while it lasts. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

export interface NodeSpan extends Span {
  readonly node: string;
}

/** A line of a host's journal, which the stand-ins write about themselves. */
interface JournalLine {
  readonly at: string;
  readonly event: string;
  readonly [fact: string]: unknown;
}

/** The journal of each host, by name. */
export type Journals = ReadonlyMap<string, readonly JournalLine[]>;

export function violation(rule: string, at: number, nodes: readonly string[], detail: string): Violation {
  return { rule, at: new Date(at).toISOString(), nodes, detail };
}

export function within(at: number, span: Span | undefined): boolean {
  return span !== undefined && at >= span.from && at <= span.to;
}

export function overlaps(one: Span, other: Span): boolean {
  return one.from < other.to && other.from < one.to;
}

/** What is left of a span without another one. */
export function without(span: Span, cut: Span | undefined): Span[] {
  if (cut === undefined || !overlaps(span, cut)) return [span];
  const before = { from: span.from, to: Math.min(span.to, cut.from) };
  const after = { from: Math.max(span.from, cut.to), to: span.to };
  return [before, after].filter(({ from, to }) => to > from);
}
