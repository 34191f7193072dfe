#!/usr/bin/env bash
# Into .venv comes what hosted and local models need: litellm, Whisper, llama.cpp, and embedders.
# The tests of what is absent skip.
# llama.cpp is compiled, about 3 minutes on two cores; its wheel is kept for the next time in the user's cache.
set -euo pipefail
cd "$(dirname "$0")/.."
llama_cpp_python=0.3.36
pip=(.venv/bin/pip --disable-pip-version-check)
quietly() { "$@" 2> >(grep -v "^WARNING: Location" >&2); }

# Everything that fits beside each other in one go, in the versions of constraints.txt. PyTorch comes first and alone:
# a range for it would bring CUDA packages of many GB, and so would Whisper's own wish for triton, which no CPU uses.
quietly "${pip[@]}" install --quiet --constraint constraints.txt torch==2.13.0
quietly "${pip[@]}" install --quiet --constraint constraints.txt --editable '.[hosted,static]' transformers scikit-learn \
  gguf diskcache tiktoken numba tqdm more-itertools fastapi sse-starlette 'starlette-context>=0.3.6,<0.4'
quietly "${pip[@]}" install --quiet --no-deps openai-whisper==20250625 sentence-transformers==6.2.0

# GGML_NATIVE=OFF: with gcc 12 the code for the newest processors crashes on quantised models.
wheels="${XDG_CACHE_HOME:-$HOME/.cache}/refleqt/wheels"
if ! ls "$wheels"/llama_cpp_python-$llama_cpp_python-*.whl > /dev/null 2>&1; then
  echo "Compiling llama.cpp (once, some minutes) …"
  CMAKE_BUILD_PARALLEL_LEVEL="$(nproc)" CMAKE_ARGS="-DCMAKE_UNITY_BUILD=ON \
    -DCMAKE_PROJECT_llama.cpp_INCLUDE=$PWD/scripts/llama_cpp_unity.cmake -DGGML_NATIVE=OFF -DGGML_CCACHE=OFF \
    -DLLAVA_BUILD=OFF -DLLAMA_OPENSSL=OFF -DLLAMA_BUILD_TOOLS=OFF -DLLAMA_BUILD_SERVER=OFF \
    -DLLAMA_BUILD_EXAMPLES=OFF -DLLAMA_BUILD_TESTS=OFF" \
    quietly "${pip[@]}" wheel --quiet --no-deps --no-cache-dir "llama-cpp-python==$llama_cpp_python" -w "$wheels"
fi
quietly "${pip[@]}" install --quiet --no-deps "$wheels"/llama_cpp_python-$llama_cpp_python-*.whl

if ! command -v ffmpeg flite > /dev/null; then
  echo "For the tests of audio install ffmpeg and flite, for instance: apt-get install ffmpeg flite"
fi
