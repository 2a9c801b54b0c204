"""OpenAI's SDK for Python against a service that is full: reads texts as JSON, prints their vectors."""

import json
import sys

from openai import OpenAI

client = OpenAI(base_url="http://localhost:8001/v1", api_key="none")
answer = client.embeddings.create(model="BAAI/bge-small-en-v1.5", input=json.load(sys.stdin.buffer))
json.dump({"again": [item.embedding for item in answer.data]}, sys.stdout)
