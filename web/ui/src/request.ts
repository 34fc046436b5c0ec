// SPDX-License-Identifier: Apache-2.0

/** An RFC 9457 problem document, as every JSON door of the server answers. */
export interface Problem {
  status: number;
  code: string;
  title: string;
  /** One sentence for the person in front of the page. */
  detail: string;
  /** The request field that is at fault, when it is one. */
  field?: string;
  /** Where to go on instead, a path of this server. */
  link?: string;
}

/** A call that the server refused, or that never reached it (`code` "network", status 0). */
export class RequestError extends Error {
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.detail);
    this.name = "RequestError";
    this.problem = problem;
  }
}

export interface RequestOptions {
  method?: "GET" | "POST" | "PUT" | "DELETE";
  body?: unknown;
  /** A file to send as it is, instead of a JSON body. */
  file?: { content: Blob; type: string };
  bearer?: string | undefined;
  signal?: AbortSignal | undefined;
  /** The call must survive the page being closed. */
  keepalive?: boolean;
}

/**
 * Sends JSON and reads JSON. An answer without a body (204) is undefined. Every
 * failure is a {@link RequestError}, except an abort by the caller's own signal,
 * which is thrown as it is.
 */
export async function request<T>(path: string, options: RequestOptions = {}): Promise<T> {
  const response = await send(path, options);
  const text = await response.text().catch(() => "");
  const body = parse(text);
  if (!response.ok) throw new RequestError(asProblem(response, body));
  return body as T;
}

async function send(path: string, options: RequestOptions): Promise<Response> {
  const headers: Record<string, string> = { Accept: "application/json, application/problem+json" };
  const init: RequestInit = {
    method: options.method ?? "GET",
    headers,
    credentials: "same-origin",
  };
  if (options.file) {
    headers["Content-Type"] = options.file.type;
    init.body = options.file.content;
  } else if (init.method !== "GET") {
    headers["Content-Type"] = "application/json";
    init.body = JSON.stringify(options.body ?? {});
  }
  if (options.bearer) headers["Authorization"] = `Bearer ${options.bearer}`;
  if (options.signal) init.signal = options.signal;
  if (options.keepalive) init.keepalive = true;
  try {
    return await fetch(path, init);
  } catch (cause) {
    if (options.signal?.aborted) throw cause;
    throw new RequestError(unreachable);
  }
}

const unreachable: Problem = {
  status: 0,
  code: "network",
  title: "The server cannot be reached",
  detail: "The server cannot be reached. Check your connection and try again.",
};

function parse(text: string): unknown {
  try {
    return text === "" ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Reads a problem document, and makes one up for an answer that is none (a proxy's page, say). */
function asProblem(response: Response, body: unknown): Problem {
  const given = (typeof body === "object" && body !== null ? body : {}) as Partial<Problem>;
  return {
    status: response.status,
    code: given.code ?? "internal",
    title: given.title ?? "Something went wrong",
    detail: given.detail ?? "Something went wrong on the server. Please try again in a moment.",
    ...(given.field === undefined ? {} : { field: given.field }),
    ...(given.link === undefined ? {} : { link: given.link }),
  };
}

/** The problem behind anything that was thrown. */
export function problemOf(error: unknown): Problem {
  if (error instanceof RequestError) return error.problem;
  return {
    status: 0,
    code: "internal",
    title: "Something went wrong",
    detail: "Something went wrong on this page. Reload it and try again.",
  };
}
