export { createHivemqDriver, type HivemqDriverOptions } from './driver.js';
export { keepBackupCopy } from './kept-data.js';
export { restHeaders } from './rest-headers.js';
