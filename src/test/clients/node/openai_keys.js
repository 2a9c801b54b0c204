// OpenAI's SDK for Node where keys are needed: reads one of them as JSON, prints a vector.
import assert from "node:assert";
import { readFileSync } from "node:fs";

import OpenAI from "openai";

const right = JSON.parse(readFileSync(0, "utf8"));
const request = { model: "BAAI/bge-small-en-v1.5", input: "Hello world" };

function client(apiKey) {
  return new OpenAI({ baseURL: "http://localhost:8001/v1", apiKey });
}

await assert.rejects(client("wrong").embeddings.create(request), OpenAI.AuthenticationError);
await assert.rejects(client("wrong").models.list(), OpenAI.AuthenticationError);

const answer = await client(right).embeddings.create(request);
process.stdout.write(JSON.stringify({ right: [answer.data[0].embedding] }));
