import { z } from 'zod';

/*
 * Everything here may reach a remote host or a file of the broker. The patterns name what is allowed, so that nothing
 * that a shell, systemd, sudo or XML would act on gets in, whatever the layer below does.
 */

/** Name of a cluster; part of workflow ids, file names and systemd units. */
export const clusterName = z.string().regex(/^[a-z][a-z0-9-]{0,39}$/, {
  error: 'a name starts with a small letter and has at most 40 small letters, digits and dashes',
});

/** Name of a host inside the spec; need not resolve. */
export const hostName = z.string().regex(/^(?!.*\.\.)[a-z0-9]([a-z0-9.-]{0,61}[a-z0-9])?$/, {
  error:
    'a host name has at most 63 small letters, digits, dots and dashes, and begins and ends with a letter or digit',
});

/** An IPv4 or IPv6 address or a DNS name. */
export const address = z
  .string()
  .regex(/^(?!.*\.\.)([A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?|(?=[^:]*:)[0-9A-Fa-f:.]{2,45})$/, {
    error: 'must be an IP address or a DNS name',
  });

/** An address of the host's own loopback network. */
export const loopbackAddress = z
  .string()
  .regex(/^127(\.(25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)){3}$/, { error: 'must be an address in 127.0.0.0/8' });

/** Name of an account on the hosts. */
export const userName = z.string().regex(/^[a-z_][a-z0-9_-]{0,31}$/, {
  error: 'a user name has at most 32 small letters, digits, dashes and underscores, and starts with a letter',
});

/** Absolute path on a host. Blanks and shell characters are refused rather than quoted. */
export const hostPath = z
  .string()
  .max(200, { error: 'a path has at most 200 characters' })
  .regex(/^(\/(?!\.{1,2}(\/|$))[A-Za-z0-9._+@-]+)+$/, {
    error: 'must be an absolute path of letters, digits and . _ + @ - without "..", and without a slash at its end',
  });

/** TCP port; 0 is refused. */
export const port = z.int().min(1).max(65_535);

/** Name of something that is configured at the worker, such as a command hook. */
export const hookName = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,39}$/, {
  error: 'a hook name has at most 40 letters, digits, dashes and underscores',
});

/** Web address of content. A name or password inside would end up in histories, so it is refused. */
export const webAddress = z
  .string()
  .max(2_000)
  .regex(/^https?:\/\/(\[[0-9A-Fa-f:]+\]|[A-Za-z0-9.-]+)(:\d{1,5})?(\/[^\s"'`<>\\^|]*)?$/, {
    error: 'must be an http or https address without a user name or password in it',
  });

// eslint wants no control characters in patterns, so they are told by their code.
const isControl = (code: number) => code < 0x20 || (code >= 0x7f && code <= 0x9f) || code === 0x2028 || code === 0x2029;
const isLayout = (code: number) => code === 0x09 || code === 0x0a || code === 0x0d;

/** Whether the text has a character that ends a line or steers a terminal; `layout` allows tabs and line ends. */
export function hasControlCharacter(text: string, layout = false): boolean {
  return Array.from(text, (character) => character.codePointAt(0) ?? 0).some(
    (code) => isControl(code) && !(layout && isLayout(code)),
  );
}
