"""OpenAI's SDK for Python where keys are needed: reads one of them as JSON, prints a vector."""

import json
import sys

import openai

right = json.load(sys.stdin.buffer)


def client(key):
    return openai.OpenAI(base_url="http://localhost:8001/v1", api_key=key)


for call in (
    lambda: client("wrong").embeddings.create(model="BAAI/bge-small-en-v1.5", input="Hello world"),
    lambda: client("wrong").models.list(),
):
    try:
        call()
    except openai.AuthenticationError as error:
        assert error.status_code == 401, error
    else:
        raise AssertionError("A wrong key was taken")

answer = client(right).embeddings.create(model="BAAI/bge-small-en-v1.5", input="Hello world")
json.dump({"right": [answer.data[0].embedding]}, sys.stdout)
