"""sentence-transformers behind FastAPI, as most Python services do it: a plain endpoint that calls encode."""

import os

from fastapi import FastAPI
from pydantic import BaseModel
from sentence_transformers import SentenceTransformer

model = SentenceTransformer(os.environ["MODEL"], device="cpu")
app = FastAPI()


class EmbedRequest(BaseModel):
    texts: list[str]


@app.post("/embed")
def embed(request: EmbedRequest):
    return {"embeddings": model.encode(request.texts, normalize_embeddings=True, show_progress_bar=False).tolist()}
