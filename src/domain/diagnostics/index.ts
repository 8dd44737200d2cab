export { type PackedFile, packedNote, readPackedNote } from './packed-note.js';
