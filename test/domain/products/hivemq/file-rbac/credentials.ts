/** The hash of `pass1` that the vendor ships with the extension, in its conf/credentials.xml. */
export const shippedHash =
  'WFNQUVB0UkxjM04xa0hSR1BQNGhuOTJKVzdlbXA4bjk=:100:FY12nwpUEbBK9EKQ/Aw/rQKSoA7jXsC0HKELwU2mLCVU39bJVK0zf4NemuFeDOHPO4BW1nOjxi6NporkC6rUog==';

export interface FileParts {
  readonly name?: string;
  readonly password?: string;
  readonly roles?: string;
  readonly users?: string;
  readonly id?: string;
  readonly permission?: string;
  readonly permissions?: string;
  readonly allRoles?: string;
}

/** A credentials.xml that is good, with these parts of it written otherwise. */
export function fileWith({
  name = '<name>user1</name>',
  password = `<password>${shippedHash}</password>`,
  roles = '<roles><id>role1</id></roles>',
  users = `<user>${name}${password}${roles}</user>`,
  id = '<id>role1</id>',
  permission = '<topic>data/${{clientid}}/#</topic>',
  permissions = `<permissions><permission>${permission}</permission></permissions>`,
  allRoles = `<role>${id}${permissions}</role>`,
}: FileParts = {}): string {
  return `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<file-rbac>
    <!-- a comment -->
    <users>${users}</users>
    <roles>${allRoles}</roles>
</file-rbac>
`;
}
