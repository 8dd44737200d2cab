export { createHivemqDriver, type HivemqDriverOptions } from './driver.js';
export { hashPassword, randomSalt } from './file-rbac/hash-password.js';
export { fileUserPasswords } from './file-rbac/user-passwords.js';
export { keepBackupCopy } from './kept-data.js';
export { restHeaders } from './rest-headers.js';
export { hivemqReader } from './cluster-reader.js';
