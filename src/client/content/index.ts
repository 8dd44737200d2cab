export { nameFiles, publishFile, publishFiles, type PublishedFiles, type PublishOptions } from './publish-files.js';
