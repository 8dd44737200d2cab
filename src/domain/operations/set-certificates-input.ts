import { z } from 'zod';
import { contentSchema, keyContentSchema, secretSchema } from '../spec/index.js';
import { contentTitle } from './addition-input.js';
import { commonInput } from './define-operation.js';

/** What stands in the place of the listener's own; the forms are those of a spec. */
const material = {
  keystore: keyContentSchema.optional().describe('Keystore (JKS or PKCS#12) with key and certificate.'),
  certificate: contentSchema.optional().describe('Certificate chain in PEM, the own certificate first.'),
  privateKey: keyContentSchema.optional().describe('Private key in PEM, for `certificate`.'),
  password: secretSchema
    .optional()
    .describe('Password of the keystore, by reference; default: that of the one before.'),
  privateKeyPassword: secretSchema
    .optional()
    .describe('Password of the key in the keystore, or passphrase of the PEM key, by reference.'),
  truststore: contentSchema.optional().describe('Truststore (JKS or PKCS#12) for certificates of clients.'),
  truststorePassword: secretSchema.optional().describe('Password of the truststore, by reference.'),
  trustedCertificates: contentSchema.optional().describe('Certificates to trust, in PEM, instead of a truststore.'),
};

/** Input of setCertificates: one of given material, a renewal and a phase of a change of the CA. */
export const input = z
  .strictObject({
    ...commonInput,
    listener: z
      .string()
      .min(1)
      .max(80)
      .optional()
      .describe('Name, `type:port` or port of one listener; default: all with TLS, which share their key material.'),
    ...material,
    renew: z.boolean().default(false).describe('Issue every node a new certificate, whatever is left of the old one.'),
    rotateCa: z
      .enum(['begin', 'switch', 'finish'])
      .optional()
      .describe(
        'Change the internal CA: `begin` makes the next one, trusted beside the present one (give it to your clients then); `switch` issues from it; `finish` trusts the old one no more.',
      ),
  })
  .superRefine((value, context) => {
    const given = isGiven(value);
    const asked = [given, value.renew, value.rotateCa !== undefined].filter(Boolean).length;
    const problem = (message: string, ...path: string[]): void => context.addIssue({ code: 'custom', path, message });
    if (asked !== 1) {
      problem(
        'give key material (keystore, or certificate with privateKey, or a truststore), or renew, or rotateCa: one of them',
      );
    }
    if (!given && value.listener !== undefined) problem('goes with given key material only', 'listener');
    if (value.keystore && (value.certificate ?? value.privateKey))
      problem('goes without certificate and privateKey', 'keystore');
    if ((value.certificate === undefined) !== (value.privateKey === undefined)) {
      problem('certificate and privateKey go together', value.certificate ? 'privateKey' : 'certificate');
    }
    if (value.truststore && value.trustedCertificates) problem('goes without trustedCertificates', 'truststore');
  });
export type Input = z.output<typeof input>;

/** Whether there is key material in the input. */
export function isGiven({ keystore, certificate, privateKey, truststore, trustedCertificates }: Input): boolean {
  return [keystore, certificate, privateKey, truststore, trustedCertificates].some((one) => one !== undefined);
}

/** One line for each thing that was given, by what tells it apart: an approval of the plan is for this very material. */
export function givenLines(value: Input): string[] {
  const { keystore, certificate, privateKey, truststore, trustedCertificates } = value;
  const given = { keystore, certificate, privateKey, truststore, trustedCertificates };
  return Object.entries(given).flatMap(([field, content]) =>
    content ? [`new ${field}: ${contentTitle(content)}`] : [],
  );
}
