/** The vendor's extension that lets clients in by a file of users and roles; it is no part of the broker's package. */
export const fileRbacExtension = 'hivemq-file-rbac-extension';

/** The extension of the broker's package that lets everybody in. */
export const allowAllExtension = 'hivemq-allow-all-extension';

/** Where the users lie, relative to the broker's home: outside of the extension, which may be replaced or go. */
export const credentialsPath = 'conf/file-rbac/credentials.xml';

/** Where the extension looks for them; a link leads from there to the file. */
export const credentialsLink = `extensions/${fileRbacExtension}/conf/credentials.xml`;

/** The extension's own settings. It reads them once, as it starts (its class ExtensionConfiguration). */
export const settingsPath = `extensions/${fileRbacExtension}/conf/config.xml`;

/** Files of versions before 4.5 in the extension's folder; where one lies there, it wins (its class ConfigResolver). */
export const legacyFiles: readonly string[] = ['credentials.xml', 'extension-config.xml'];
