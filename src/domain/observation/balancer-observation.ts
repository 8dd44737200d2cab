/** HAProxy of one host, as a planner sees it. */
export interface BalancerObservation {
  readonly host: string;
  /** Why nothing can be done there, as a clause; null where something can. */
  readonly problem: { readonly unreachable: boolean; readonly reason: string } | null;
  /** Members that it was configured for last; null where it never was, or belongs to another cluster. */
  readonly members: readonly string[] | null;
  /** Whether it runs, and its files are what the spec asks for with these members. */
  readonly upToDate: boolean;
}
