// SPDX-License-Identifier: Apache-2.0

/** Joins the class names that are set; a false or undefined one is left out. */
export function classes(...names: (string | false | undefined)[]): string {
  return names.filter(Boolean).join(" ");
}
