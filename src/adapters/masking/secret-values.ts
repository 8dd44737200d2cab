import { binaryFormsOf, formsOf } from './secret-forms.js';

/** Characters that a value has at least; shorter ones stand in too many other words. */
const shortest = { known: 4, found: 6 } as const;
/** A reference may name a whole file; one as large as this is no password. */
const longest = 64 * 1024;

/** Passwords that everybody knows, and words that stand where a secret may stand. */
const common = new Set(['hivemq', 'password', 'secret', 'changeit', 'default', 'enabled', 'disabled']);

/** Values that must stand in no file that leaves a node, collected as they become known. */
export class SecretValues {
  private readonly values = new Set<string>();
  private texts: readonly string[] | null = null;
  private binaries: readonly Buffer[] | null = null;

  /** Takes values that are known to be secret. */
  add(...values: readonly string[]): void {
    for (const value of values) this.take(value, shortest.known);
  }

  /** Takes what stands where a secret is expected. */
  found(value: string): void {
    if (!common.has(value.toLowerCase())) this.take(value, shortest.found);
  }

  /** As they may stand in a text, the longest first, so that no part of one survives. */
  get forms(): readonly string[] {
    this.texts ??= [...new Set([...this.values].flatMap(formsOf))].sort((a, b) => b.length - a.length);
    return this.texts;
  }

  /** As they may stand in a file that is no text. */
  get binaryForms(): readonly Buffer[] {
    this.binaries ??= [...this.values].flatMap(binaryFormsOf);
    return this.binaries;
  }

  private take(value: string, least: number): void {
    if (value.length > longest || value.includes('***')) return;
    // Files are masked line by line.
    const parts = [value, value.trim(), ...(value.includes('\n') ? value.split('\n').map((line) => line.trim()) : [])];
    for (const part of parts) {
      if (part.length < least || part.startsWith('-----') || this.values.has(part)) continue;
      this.values.add(part);
      this.texts = null;
      this.binaries = null;
    }
  }
}
