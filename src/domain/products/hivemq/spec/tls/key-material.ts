import { z } from 'zod';
import { keyContentSchema, contentSchema } from '../../../../spec/content.js';
import { secretSchema } from '../../../../spec/secret.js';
import { hostPath } from '../../../../spec/text.js';

/** How the parts of a PEM key pair and of a keystore stand to each other. */
const oneOf = (what: string) => ({
  error: `${what}: give exactly one of path (a file that is on each host), content (a file that is brought there) and the PEM form`,
});

/**
 * The key and certificate of a node: a keystore that lies on each host already, a keystore that Hivekeeper brings there,
 * or a PEM certificate chain with its key, of which Hivekeeper makes the keystore.
 */
export const keystoreSchema = z
  .strictObject({
    path: hostPath.optional().describe('Keystore (JKS or PKCS#12) that lies on each host already.'),
    content: keyContentSchema.optional().describe('Keystore that is brought to each node, mode 0600.'),
    certificate: contentSchema.optional().describe('Certificate chain in PEM, the own certificate first.'),
    privateKey: keyContentSchema.optional().describe('Private key in PEM, for `certificate`.'),
    password: secretSchema.optional().describe('Password of the keystore; Hivekeeper makes one for the PEM form.'),
    privateKeyPassword: secretSchema
      .optional()
      .describe('Password of the private key; default: that of the keystore. For the PEM form: its passphrase.'),
  })
  .refine(
    (value) => [value.path, value.content, value.certificate].filter((one) => one !== undefined).length === 1,
    oneOf('a keystore'),
  )
  .refine((value) => (value.certificate === undefined) === (value.privateKey === undefined), {
    error: 'certificate and privateKey go together',
  })
  .refine((value) => value.certificate !== undefined || value.password !== undefined, {
    error: 'a keystore needs its password, as a secret: { env: NAME } or { file: PATH }',
    path: ['password'],
  });
export type KeystoreSpec = z.infer<typeof keystoreSchema>;

/** Certificates that are trusted, in the same three forms. */
export const truststoreSchema = z
  .strictObject({
    path: hostPath.optional().describe('Truststore (JKS or PKCS#12) that lies on each host already.'),
    content: contentSchema.optional().describe('Truststore that is brought to each node.'),
    certificates: contentSchema.optional().describe('Trusted certificates in PEM; Hivekeeper makes the store.'),
    password: secretSchema.optional().describe('Password of the truststore; Hivekeeper makes one for the PEM form.'),
  })
  .refine(
    (value) => [value.path, value.content, value.certificates].filter((one) => one !== undefined).length === 1,
    oneOf('a truststore'),
  )
  .refine((value) => value.certificates !== undefined || value.password !== undefined, {
    error: 'a truststore needs its password, as a secret: { env: NAME } or { file: PATH }',
    path: ['password'],
  });
export type TruststoreSpec = z.infer<typeof truststoreSchema>;

const protocol = z.enum(['TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3']);
const cipherSuite = z.string().regex(/^[A-Z0-9_]{5,80}$/, {
  error: 'a cipher suite has its Java name, such as TLS_AES_128_GCM_SHA256',
});

/** What every use of TLS has. */
export const tlsShape = {
  protocols: z.array(protocol).min(1).optional().describe('Protocols; default: all that the Java machine enables.'),
  cipherSuites: z
    .array(cipherSuite)
    .min(1)
    .optional()
    .describe('Cipher suites; default: all that the Java machine enables.'),
  clientAuthenticationMode: z
    .enum(['NONE', 'OPTIONAL', 'REQUIRED'])
    .default('NONE')
    .describe('Whether the other side shows a certificate: no, if it has one, or always.'),
};
