import { X509Certificate } from 'node:crypto';
import { join } from 'node:path';
import { z } from 'zod';
import { NumberedFiles } from './ca/numbered-files.js';
import { certificateFacts } from './certificate-facts.js';
import { asFolder } from './names.js';
import type { KeyMaterial } from './port.js';
import { refuse } from './refuse.js';

const storedSchema = z.strictObject({
  certificateChain: z.string(),
  privateKey: z.string(),
  caCertificates: z.string(),
});

/** What an issuer made for a node, PEM. */
export type Issued = z.output<typeof storedSchema>;

/** The material that one issuer made for the nodes of a cluster, the present one and the one before. */
export class NodeStore {
  constructor(private readonly folder: string) {}

  /** The present material, and its number for `replace`. */
  async current(node: string): Promise<{ number: number; issued: Issued } | null> {
    const files = this.filesOf(node);
    const latest = await files.latest();
    return latest && { number: latest.number, issued: parse(latest.text, files.pathOf(latest.number)) };
  }

  /**
   * Keeps new material in the place of what was seen before.
   * @param seen the number of that, 0 for none
   * @returns the material that counts: when another worker was quicker, that one's
   */
  async replace(node: string, seen: number, issued: Issued): Promise<Issued> {
    const files = this.filesOf(node);
    await files.create(seen + 1, JSON.stringify(issued));
    const numbers = await files.numbers();
    for (const old of numbers.slice(0, -2)) await files.remove(old);
    return (await this.current(node))?.issued ?? issued;
  }

  private filesOf(node: string): NumberedFiles {
    return new NumberedFiles(join(this.folder, asFolder(node)), 'json');
  }
}

function parse(text: string, path: string): Issued {
  try {
    return storedSchema.parse(JSON.parse(text));
  } catch {
    throw refuse(
      'damaged',
      `The key material in ${path} of the worker is damaged. Remove the file, so that new material is issued.`,
    );
  }
}

/** From when on a certificate is to be renewed: a third of its life is left. */
export function renewalTime(certificate: X509Certificate): Date {
  const [begin, end] = [new Date(certificate.validFrom).getTime(), new Date(certificate.validTo).getTime()];
  return new Date(end - (end - begin) / 3);
}

export function asMaterial(issued: Issued): KeyMaterial {
  const leaf = new X509Certificate(issued.certificateChain);
  const { notAfter, fingerprint } = certificateFacts(leaf);
  return { ...issued, notAfter, fingerprint, renewAt: renewalTime(leaf).toISOString() };
}
