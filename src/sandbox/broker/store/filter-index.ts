import type { Subscription } from '../../wire/records.js';
import { matchesFilter } from '../mqtt/topics.js';

/** Which sessions have a subscription that matches a topic; exact filters are looked up, those with wildcards walked. */
export class FilterIndex {
  private readonly exact = new Map<string, Set<string>>();
  private readonly wild = new Map<string, Set<string>>();
  private readonly byClient = new Map<string, string[]>();

  private of(filter: string): Map<string, Set<string>> {
    return /[+#]/.test(filter) ? this.wild : this.exact;
  }

  set(clientId: string, subscriptions: readonly Subscription[]): void {
    for (const filter of this.byClient.get(clientId) ?? []) {
      const clients = this.of(filter).get(filter);
      clients?.delete(clientId);
      if (clients?.size === 0) this.of(filter).delete(filter);
    }
    const filters = subscriptions.map((subscription) => subscription.filter);
    if (filters.length === 0) this.byClient.delete(clientId);
    else this.byClient.set(clientId, filters);
    for (const filter of filters) {
      const clients = this.of(filter).get(filter) ?? new Set<string>();
      clients.add(clientId);
      this.of(filter).set(filter, clients);
    }
  }

  match(topic: string): Set<string> {
    const found = new Set(this.exact.get(topic));
    for (const [filter, clients] of this.wild) {
      if (matchesFilter(filter, topic)) for (const client of clients) found.add(client);
    }
    return found;
  }
}
