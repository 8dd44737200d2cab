export { DirectoryContentStore } from './directory-store.js';
export { fetchContent, type FetchOptions, type UrlContent } from './fetch-content.js';
export { fetchOnHost, placeContent, type PlaceOptions } from './place-content.js';
