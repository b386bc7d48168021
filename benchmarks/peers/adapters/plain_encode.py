"""sentence-transformers alone, in fp32: the rate to compare with, and the vectors that are given.

python plain_encode.py ROWS MODEL VECTORS
"""

import json
import sys
import time
from pathlib import Path

import numpy as np
from sentence_transformers import SentenceTransformer


def main() -> None:
    rows, model_folder, file = sys.argv[1:]
    texts = [text for _, text, _ in json.loads(Path(rows).read_text(encoding="utf-8"))]
    model = SentenceTransformer(model_folder, device="cpu")
    model.encode(texts[:1])
    cpu, clock = time.process_time(), time.perf_counter()
    vectors = model.encode(texts, normalize_embeddings=True, show_progress_bar=False)
    cpu, clock = time.process_time() - cpu, time.perf_counter() - clock
    rates = {
        "a_cpu_second": round(len(texts) / cpu, 2),
        "a_second": round(len(texts) / clock, 2),
    }
    np.save(file, np.asarray(vectors, dtype=np.float32))
    print(json.dumps({"passages": len(texts), **rates}))


if __name__ == "__main__":
    main()
