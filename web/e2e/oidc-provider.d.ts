// SPDX-License-Identifier: Apache-2.0

declare module "oidc-provider" {
  import type { RequestListener } from "node:http";

  /** The part of the library that the tests use; it brings no types. */
  export default class Provider {
    constructor(issuer: string, configuration: object);
    callback(): RequestListener;
  }
}
