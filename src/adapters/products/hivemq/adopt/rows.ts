/** The answer of a program: lines of a key, a tab and values with tabs between them. */
export class Rows {
  private readonly rows: readonly (readonly string[])[];

  constructor(stdout: string) {
    this.rows = stdout
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => line.split('\t'));
  }

  /** The values of each line with this key. */
  all(key: string): readonly (readonly string[])[] {
    return this.rows.filter((row) => row[0] === key).map((row) => row.slice(1));
  }

  /** The first value of the first line with this key; undefined where there is none. */
  first(key: string): string | undefined {
    const value = this.all(key)[0]?.[0];
    return value === '' ? undefined : value;
  }

  /** Every line in its order, for answers that are made of parts. */
  lines(): readonly (readonly string[])[] {
    return this.rows;
  }
}

export const decoded = (base64: string | undefined): string => Buffer.from(base64 ?? '', 'base64').toString('utf8');
