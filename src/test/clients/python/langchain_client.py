"""LangChain's OpenAIEmbeddings: reads texts as JSON, prints the vectors it got, each with the way it got them."""

import asyncio
import importlib.util
import json
import os
import pathlib
import sys

import openai

# README: begin
from langchain_openai import OpenAIEmbeddings

embeddings = OpenAIEmbeddings(
    base_url="http://localhost:8001/v1",
    api_key="none",
    model="BAAI/bge-small-en-v1.5",
    check_embedding_ctx_length=False,  # otherwise it sends token ids of OpenAI's vocabulary, not texts
)
vectors = embeddings.embed_documents(["Hello world", "Bonjour le monde"])
# README: end

# LlamaIndex brings OpenAI's vocabulary along, which tiktoken would load from the network.
LLAMA_INDEX = pathlib.Path(importlib.util.find_spec("llama_index.core").origin).parent
os.environ["TIKTOKEN_CACHE_DIR"] = str(LLAMA_INDEX / "_static" / "tiktoken_cache")


def check_token_ids():
    sends_ids = OpenAIEmbeddings(base_url=embeddings.openai_api_base, api_key="none", model=embeddings.model)
    for texts in (["Hello world"], ["Hello world", "Bonjour le monde"]):
        try:
            sends_ids.embed_documents(texts)
        except openai.BadRequestError as error:
            assert "check_embedding_ctx_length=False" in error.message, error
        else:
            raise AssertionError("Token ids of another vocabulary were taken")


texts = json.load(sys.stdin.buffer)
check_token_ids()
shorter = embeddings.model_copy(update={"dimensions": 128})
json.dump(
    {
        "printed": vectors,
        "documents": embeddings.embed_documents(texts),
        "async": asyncio.run(embeddings.aembed_documents(texts)),
        "query": [embeddings.embed_query("Hello world")],
        "dimensions": shorter.embed_documents(["Hello world"]),
    },
    sys.stdout,
)
