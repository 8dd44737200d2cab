/** Makes hashes of the passwords of MQTT clients. */
export interface UserPasswords {
  /**
   * The hash of a user's password as the broker compares it. Asking again for the same gives the same, on every attempt
   * and for every node; without the worker's own key nobody can tell its salt beforehand.
   */
  hashed(cluster: string, user: string, password: string): Promise<string>;
}
