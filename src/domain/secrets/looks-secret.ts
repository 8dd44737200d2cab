const telling = /pass(word|wd|phrase)?|secret|token|credential|api[_.-]?key|private[_.-]?key|access[_.-]?key/i;

/** Names with such a word in them that hold no secret: where a store lies, how long a password is, and the like. */
const harmless = /(path|file|folder|dir|type|interval|timeout|length|enabled|size|url)$/i;

/** Whether what has this name (an element, a variable, a property) is likely to hold a secret. Better one too many. */
export const looksSecret = (name: string): boolean => telling.test(name) && !harmless.test(name);
