// OpenAI's SDK for Node: reads texts as JSON, prints the vectors it got, each with the way it got them.
import assert from "node:assert";
import { readFileSync } from "node:fs";

// README: begin
import OpenAI from "openai";

const client = new OpenAI({ baseURL: "http://localhost:8001/v1", apiKey: "none" });
const answer = await client.embeddings.create({
  model: "BAAI/bge-small-en-v1.5",
  input: ["Hello world", "Bonjour le monde"],
});
const vectors = answer.data.map((item) => item.embedding);
// README: end

const MODEL = "BAAI/bge-small-en-v1.5";

async function embed(request) {
  const answered = await client.embeddings.create({ model: MODEL, ...request });
  answered.data.forEach((item, index) => assert.strictEqual(item.index, index));
  return answered;
}

async function vectorsOf(request) {
  return (await embed(request)).data.map((item) => item.embedding);
}

async function checkModels() {
  const names = [];
  for await (const model of client.models.list()) {
    names.push(model.id);
  }
  assert(names.includes(MODEL), names.join());
  assert.strictEqual((await client.models.retrieve(MODEL)).id, MODEL);
  await assert.rejects(client.models.retrieve("BAAI/another"), OpenAI.NotFoundError);
}

async function checkRefusals() {
  await assert.rejects(embed({ input: "Hello world", model: "another" }), (error) => {
    assert(error instanceof OpenAI.NotFoundError, error);
    assert.strictEqual(error.code, "model_not_found");
    return true;
  });
  await assert.rejects(embed({ input: ["Hello world", ""] }), OpenAI.BadRequestError);
  await assert.rejects(embed({ input: [] }), OpenAI.BadRequestError);
  await assert.rejects(embed({ input: Array(2049).fill("Hello world") }), OpenAI.BadRequestError);
  await assert.rejects(embed({ input: "Hello world", dimensions: 100 }), (error) => {
    assert(error instanceof OpenAI.BadRequestError, error);
    assert.strictEqual(error.param, "dimensions");
    return true;
  });
}

const texts = JSON.parse(readFileSync(0, "utf8"));
await checkModels();
await checkRefusals();
const everything = await embed({ input: texts });
assert.strictEqual(everything.usage.prompt_tokens, everything.usage.total_tokens);
const many = await vectorsOf({ input: Array.from({ length: 2048 }, (_, number) => `text ${number}`) });
const got = {
  printed: vectors,
  base64: everything.data.map((item) => item.embedding),
  tokens: everything.usage.total_tokens,
  truncated: everything.truncated,
  float: await vectorsOf({ input: texts, encoding_format: "float" }),
  dimensions: await vectorsOf({ input: "Hello world", dimensions: 128, user: "somebody" }),
  ids: await vectorsOf({ input: [101, 7592, 2088, 102] }),
  alias: await vectorsOf({ input: ["Hello world"], model: "text-embedding-3-small" }),
  query: await vectorsOf({ input: ["Hello world"], model: "text-embedding-3-small-query" }),
  last: [many[2047]],
};
process.stdout.write(JSON.stringify(got));
