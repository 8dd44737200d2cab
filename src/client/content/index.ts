export {
  nameFiles,
  publishBytes,
  publishFile,
  publishFiles,
  type PublishedFiles,
  type PublishOptions,
} from './publish-files.js';
