"""LlamaIndex's OpenAIEmbedding: reads texts as JSON, prints the vectors it got, each with the way it got them."""

import asyncio
import json
import sys

import openai

# README: begin
from llama_index.embeddings.openai import OpenAIEmbedding

embedding = OpenAIEmbedding(
    api_base="http://localhost:8001/v1",
    api_key="none",
    model_name="BAAI/bge-small-en-v1.5",  # not model, which takes only names of OpenAI's
)
vectors = embedding.get_text_embedding_batch(["Hello world", "Bonjour le monde"])
# README: end


def check_refusal():
    another = OpenAIEmbedding(api_base=embedding.api_base, api_key="none", model_name="another")
    try:
        another.get_text_embedding("Hello world")
    except openai.NotFoundError as error:
        assert error.code == "model_not_found", error
    else:
        raise AssertionError("An unknown model was taken")


texts = json.load(sys.stdin.buffer)
check_refusal()
# By its default model's place: an alias of that name has to be served.
alias = OpenAIEmbedding(api_base=embedding.api_base, api_key="none", model="text-embedding-3-small", dimensions=128)
json.dump(
    {
        "printed": vectors,
        "texts": embedding.get_text_embedding_batch(texts),
        "async": asyncio.run(embedding.aget_text_embedding_batch(texts)),
        "query": [embedding.get_query_embedding("Hello world")],
        "dimensions": [alias.get_text_embedding("Hello world")],
    },
    sys.stdout,
)
