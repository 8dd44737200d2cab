/** What was made of a document, kept for the same object and for another one that says the same. */
export class Cache<Value> {
  private readonly byObject = new WeakMap<object, Value>();
  private readonly byText = new Map<string, Value>();

  of(document: object, make: () => Value): Value {
    const known = this.byObject.get(document);
    if (known !== undefined) return known;
    const text = JSON.stringify(document);
    const value = this.byText.get(text) ?? make();
    if (this.byText.size > 50) this.byText.clear();
    this.byText.set(text, value);
    this.byObject.set(document, value);
    return value;
  }
}
