"""A harness for relu in float32 that goes wrong in the way its argument names; right without one.

It is run as a program of its own, and imports nothing that takes long.
"""

import array
import json
import os
import signal
import subprocess
import sys
import time

HOW = sys.argv[1] if len(sys.argv) > 1 else ""
requests, replies = sys.stdin.buffer, sys.stdout.buffer

HELLO = {
    "protocol": 1,
    "name": "tried",
    "versions": {"tried": "1.0"},
    "functions": {
        "relu": {"parts": ["value", "derivative"]},
        "tanh": {"parts": ["value"], "formats": ["float32", "bfloat16"]},
        "leaky_relu": {"parts": ["vjp"], "parameters": ["negative_slope"]},
        "maxout": {"parts": ["value", "vjp"]},
    },
}
#: What is said of itself in wrong words.
HELLOS = {
    "a fixed parameter": {"functions": {"elu": {}}},
    "another protocol": {"protocol": 2},
    "a name with a slash": {"name": "a/b"},
    "a name that is taken": {"name": "torch"},
    "no function": {"functions": {}},
    "an unknown function": {"functions": {"rleu": {}}},
    "an unknown part": {"functions": {"relu": {"parts": ["values"]}}},
    "an unknown format": {"functions": {"relu": {"formats": ["float31"]}}},
    "an unknown parameter": {"functions": {"elu": {"parameters": ["aplha"]}}},
    "a parameter of none": {"functions": {"relu": {"parameters": ["alpha"]}}},
    "the derivative of a row": {"functions": {"softmax": {"parts": ["derivative"]}}},
    "a function twice": {"functions": {"silu": {}, "swish": {}}},
    "an unknown key": {"nmae": "tried"},
    "versions in a list": {"versions": ["1.0"]},
}


def write(data):
    replies.write(data)
    replies.flush()


def say(**facts):
    write(json.dumps(facts).encode() + b"\n")


def endless(data):
    while True:
        write(data)


def hello(number):
    if HOW == "ends at once":
        sys.exit(3)
    if HOW == "raises at the start":
        raise ImportError("no such kernels here")
    if HOW == "silent at the start":
        time.sleep(1000)
    if HOW == "greets first":
        print("loading kernels", flush=True)
    if HOW == "endless at the start":
        endless(b"x" * 65536)
    if HOW == "bytes at the start":
        write(b"\xff\xfe\x00\n")
    if HOW == "another reply at the start":
        number += 1
    said = {"id": number, **HELLO, **HELLOS.get(HOW, {})}
    if HOW == "other versions each time":
        said["name"] = f"tried-{os.getpid()}"
    if HOW == "a long introduction":
        said["versions"] = {f"part-{at}": "1.0" for at in range(5000)}
    say(**said)
    if HOW == "ends after the start":
        sys.exit(4)


def relu(request):
    data = requests.read(request["bytes"][0])
    numbers = array.array("f", data)
    if request["ask"] == "derivative":
        return array.array("f", [float(x > 0) for x in numbers]).tobytes()
    return array.array("f", [x if x > 0 or x != x else 0.0 for x in numbers]).tobytes()


def answer(request):
    number, function = request["id"], request["function"]
    if function == "leaky_relu":  # tells what reached it
        sizes = request["bytes"]
        x, upstream = (array.array("f", requests.read(size)) for size in sizes)
        slope = request["parameters"].get("negative_slope", 7.0)
        found = [u * (1.0 if a > 0 else slope) for a, u in zip(x, upstream, strict=True)]
        write(json.dumps({"id": number, "format": "float32", "bytes": sizes[0]}).encode() + b"\n")
        return write(array.array("f", found).tobytes())
    if function in ("tanh", "maxout"):  # the bits of the first of each row, or of each number
        data = b"".join(requests.read(size) for size in request["bytes"])
        if request["ask"] == "vjp":
            data = data[: request["bytes"][0]]
        elif function == "maxout":
            width = 4 * request["shape"][-1]
            data = b"".join(data[at : at + 4] for at in range(0, len(data), width))
        say(id=number, format=request["format"], bytes=len(data))
        return write(data)
    if HOW == "reads nothing":
        time.sleep(1000)
    if HOW == "replies before it reads":
        size = request["bytes"][0]
        say(id=number, format="float32", bytes=size)
        write(bytes(size))
        return requests.read(size)
    result = relu(request)
    header = {"id": number, "format": "float32", "bytes": len(result)}
    if HOW == "raises in a call":
        raise ValueError("the kernel is broken")
    if HOW == "crashes in a call":
        os.kill(os.getpid(), signal.SIGSEGV)
    if HOW == "crashes at 13" and array.array("f", [13.0]).tobytes() in result:
        os.kill(os.getpid(), signal.SIGSEGV)
    if HOW == "silent in a call":
        print("waiting for a kernel", file=sys.stderr, flush=True)
        time.sleep(1000)
    if HOW == "prints before the reply":
        print("computing relu", flush=True)
    if HOW == "endless in a call":
        endless(b"x" * 65536)
    if HOW == "bytes without a line":
        return write(result)
    if HOW == "less than announced":
        write(json.dumps(header).encode() + b"\n" + result[:-2])
        sys.exit(0)
    if HOW == "another reply":
        header["id"] -= 1
    if HOW == "another dtype":
        header["format"] = "float64"
    if HOW == "too long":
        result += bytes(4)
        header["bytes"] += 4
    if HOW == "too short":
        result = result[:-4]
        header["bytes"] -= 4
    if HOW == "negative length":
        header["bytes"] = -4
    if HOW == "huge length":
        header["bytes"] = 1 << 60
    if HOW == "a length in words":
        header["bytes"] = "four"
    if HOW == "an unknown key in a reply":
        header["fromat"] = header.pop("format")
    if HOW == "nothing in a reply":
        header = {"id": number}
    if HOW == "a result and an error":
        header["error"] = "both"
    if HOW == "error":
        return say(id=number, error="no memory for 8 numbers")
    if HOW == "unsupported":
        return say(id=number, unsupported="only on the GPU")
    if HOW == "not offered":
        return say(id=number, not_offered="not in this build")
    write(json.dumps(header).encode() + b"\n" + result)
    if HOW == "more than announced":
        write(b"done\n")
    return None


if HOW == "leaves a child behind":
    subprocess.Popen([sys.executable, "-c", "import time; time.sleep(1000)"])
while line := requests.readline():
    asked = json.loads(line)
    if asked["ask"] == "hello":
        hello(asked["id"])
    else:
        answer(asked)
if HOW == "stays":
    time.sleep(1000)
