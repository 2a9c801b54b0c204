// OpenAI's SDK for Node against a service that is full: reads texts as JSON, prints their vectors.
import { readFileSync } from "node:fs";

import OpenAI from "openai";

const client = new OpenAI({ baseURL: "http://localhost:8001/v1", apiKey: "none" });
const input = JSON.parse(readFileSync(0, "utf8"));
const answer = await client.embeddings.create({ model: "BAAI/bge-small-en-v1.5", input });
process.stdout.write(JSON.stringify({ again: answer.data.map((item) => item.embedding) }));
