export { createHivemqDriver, type HivemqDriverOptions } from './driver.js';
export { keepBackupCopy } from './kept-data.js';
