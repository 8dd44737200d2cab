export { tlsIssuerSchema, type TlsIssuerSpec } from './issuer.js';
export { keystoreSchema, tlsShape, truststoreSchema, type KeystoreSpec, type TruststoreSpec } from './key-material.js';
