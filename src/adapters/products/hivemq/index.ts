export { createHivemqDriver, type HivemqDriverOptions } from './driver.js';
export { keepBackupCopy, moveDataAside, type DataHome } from './kept-data.js';
