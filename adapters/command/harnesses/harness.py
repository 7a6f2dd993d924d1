"""A harness of actinit in Python: a template. The protocol is told in docs/guide/harness.md.

actinit check --command "python harness.py" -k "tanh or leaky_relu"
"""

import json
import sys
from typing import Any

import numpy as np


def leaky_relu(x: Any, negative_slope: float = 0.01) -> Any:
    """Return x, and below 0 the slope times x."""
    return np.where(x < 0, x * np.float64(negative_slope), x).astype(x.dtype)


VALUES: dict[str, Any] = {"tanh": np.tanh, "leaky_relu": leaky_relu}
HELLO = {
    "protocol": 1,
    "name": "my-kernels",
    "versions": {"numpy": np.__version__},
    "functions": {
        "tanh": {"formats": ["float16", "float32", "float64"]},
        "leaky_relu": {"formats": ["float32"], "parameters": ["negative_slope"]},
    },
}


def main() -> None:
    """Reply to requests until there are no more."""
    requests, replies = sys.stdin.buffer, sys.stdout.buffer
    sys.stdout = sys.stderr  # what is printed must not get between the replies
    while line := requests.readline():
        request = json.loads(line)
        reply, result = {"id": request["id"]}, b""
        if request["ask"] == "hello":
            reply |= HELLO
        else:
            x = np.frombuffer(requests.read(request["bytes"][0]), request["format"])
            try:
                function = VALUES[request["function"]]
                y = function(x.reshape(request["shape"]), **request["parameters"])
                result = y.tobytes()
                reply |= {"format": y.dtype.name, "bytes": len(result)}
            except Exception as error:
                reply["error"] = f"{type(error).__name__}: {error}"
        replies.write(json.dumps(reply).encode() + b"\n" + result)
        replies.flush()


if __name__ == "__main__":
    main()
