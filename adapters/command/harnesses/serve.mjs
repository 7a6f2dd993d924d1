// The protocol of harnesses for Node (docs/guide/harness.md): requests in, replies out.

import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

// What frameworks print must not get between the replies.
console.log = console.info = console.error;

/** Require a package of the folder in which the command runs, not of the one that this file is in. */
export const require = createRequire(join(process.cwd(), "index.js"));

/** Return the installed version of a package; not every package lets its package.json be required. */
export function version(name) {
  const files = require.resolve.paths(name).map((folder) => join(folder, name, "package.json"));
  return JSON.parse(readFileSync(files.find(existsSync), "utf8")).version;
}

/** What a call throws where the backend has no such function, or not in this format. */
export class NotOffered extends Error {}

const ARRAYS = { float32: Float32Array, float64: Float64Array, float16: Uint16Array };

async function* pieces(stream) {
  for await (const chunk of stream) yield chunk;
}

/** Reads lines and buffers off a stream. */
class Reader {
  #source = pieces(process.stdin);
  #kept = Buffer.alloc(0);

  async line() {
    let end;
    while ((end = this.#kept.indexOf(10)) < 0) {
      const { value, done } = await this.#source.next();
      if (done) return null;
      this.#kept = Buffer.concat([this.#kept, value]);
    }
    const line = this.#kept.subarray(0, end).toString();
    this.#kept = this.#kept.subarray(end + 1);
    return line;
  }

  async bytes(size) {
    const parts = [this.#kept];
    for (let have = this.#kept.length; have < size; have += parts.at(-1).length) {
      const { value, done } = await this.#source.next();
      if (done) throw new Error("the standard input ended in the middle of a buffer");
      parts.push(value);
    }
    const all = Buffer.concat(parts);
    this.#kept = all.subarray(size);
    // In memory of its own, where a typed array can begin.
    return Uint8Array.from(all.subarray(0, size)).buffer;
  }
}

function write(reply, result) {
  process.stdout.write(JSON.stringify(reply) + "\n");
  if (result?.length) process.stdout.write(new Uint8Array(result.buffer, result.byteOffset, result.byteLength));
}

/**
 * Reply to requests until there are no more.
 *
 * @param {object} hello - All of the introduction but id and protocol.
 * @param {function} call - From a request and its arrays (float16 as bits) to a typed array.
 */
export async function serve(hello, call) {
  const input = new Reader();
  for (let line; (line = await input.line()) !== null; ) {
    const request = JSON.parse(line);
    const { id } = request;
    if (request.ask === "hello") {
      write({ id, protocol: 1, ...hello });
      continue;
    }
    const buffers = [];
    for (const size of request.bytes) buffers.push(await input.bytes(size));
    try {
      const arrays = buffers.map((buffer) => new ARRAYS[request.format](buffer));
      const result = await call(request, arrays);
      write({ id, format: request.format, bytes: result.byteLength }, result);
    } catch (error) {
      write({ id, [error instanceof NotOffered ? "not_offered" : "error"]: error.message });
    }
  }
}
