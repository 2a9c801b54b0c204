"""OpenAI's SDK for Python: reads texts as JSON, prints the vectors it got, each with the way it got them."""

import asyncio
import json
import sys

import openai

# README: begin
from openai import OpenAI

client = OpenAI(base_url="http://localhost:8001/v1", api_key="none")
answer = client.embeddings.create(model="BAAI/bge-small-en-v1.5", input=["Hello world", "Bonjour le monde"])
vectors = [item.embedding for item in answer.data]
# README: end

MODEL = "BAAI/bge-small-en-v1.5"


def embed(**request):
    answered = client.embeddings.create(**{"model": MODEL, **request})
    assert [item.index for item in answered.data] == list(range(len(answered.data)))
    return answered


def vectors_of(**request):
    return [item.embedding for item in embed(**request).data]


async def vectors_later(texts):
    async with openai.AsyncOpenAI(base_url=client.base_url, api_key="none") as later:
        answered = await later.embeddings.create(model=MODEL, input=texts)
        return [item.embedding for item in answered.data]


def refused(kind, call):
    try:
        call()
    except kind as error:
        return error
    raise AssertionError(f"No {kind.__name__}")


def check_models():
    assert MODEL in [model.id for model in client.models.list()]
    assert client.models.retrieve(MODEL).id == MODEL
    refused(openai.NotFoundError, lambda: client.models.retrieve("BAAI/another"))


def check_refusals():
    unknown = refused(openai.NotFoundError, lambda: embed(input="Hello world", model="another"))
    assert unknown.code == "model_not_found", unknown
    refused(openai.BadRequestError, lambda: embed(input=["Hello world", ""]))
    refused(openai.BadRequestError, lambda: embed(input=[]))
    refused(openai.BadRequestError, lambda: embed(input=["Hello world"] * 2049))
    size = refused(openai.BadRequestError, lambda: embed(input="Hello world", dimensions=100))
    assert size.param == "dimensions", size


texts = json.load(sys.stdin.buffer)
check_models()
check_refusals()
everything = embed(input=texts)
assert everything.usage.prompt_tokens == everything.usage.total_tokens
many = vectors_of(input=[f"text {number}" for number in range(2048)])
json.dump(
    {
        "printed": vectors,
        "base64": [item.embedding for item in everything.data],
        "tokens": everything.usage.total_tokens,
        "truncated": everything.truncated,
        "float": vectors_of(input=texts, encoding_format="float"),
        "async": asyncio.run(vectors_later(texts)),
        "dimensions": vectors_of(input="Hello world", dimensions=128, user="somebody"),
        "ids": vectors_of(input=[101, 7592, 2088, 102]),
        "alias": vectors_of(input=["Hello world"], model="text-embedding-3-small"),
        "query": vectors_of(input=["Hello world"], model="text-embedding-3-small-query"),
        "last": [many[2047]],
    },
    sys.stdout,
)
