/** The form of an alias (page "Manage a key alias"). */

/** What an alias must look like, for people. */
export const aliasFormText = "alias/ and 1 to 255 of A-Z, a-z, 0-9, _, / and -; alias/acs/ is reserved";

/** Whether a key may be given this alias. */
export const isAlias = (text: string): boolean =>
  /^alias\/[A-Za-z0-9_/-]{1,255}$/.test(text) && !text.startsWith("alias/acs/");
