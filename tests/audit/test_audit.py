"""Expected values that others wrote: what is wrong is told with its error, bad files as such."""

from __future__ import annotations

import json

import jsonschema
import ml_dtypes
import numpy as np
import pytest

from actinit import reference as ref
from actinit.conformance.audit import AuditError, Stated, UnsupportedError, audit, judge, one_test
from actinit.conformance.audit.onnx_tests import _inverse
from actinit.conformance.commands import main
from actinit.conformance.results.audit import Tolerance
from actinit.conformance.results.registry import SCHEMAS
from actinit.spec import Expression, UnknownNameError, activations

X = np.linspace(-6, 6, 25, dtype=np.float32)


def right(name, x=X, **parameters):
    return np.asarray(ref.activations[name](x, **parameters))


def one(report):
    """Return what was found of the only test."""
    assert len(report.audited) == 1
    return report.audited[0]


def csv(path, x, y, names=("x", "y")):
    path.write_text(
        "\n".join([",".join(names), *(f"{a!r},{b!r}" for a, b in zip(x, y, strict=True))])
    )
    return path


# The judgment


@pytest.mark.parametrize("name", ["gelu", "celu", "relu", "sigmoid"])
@pytest.mark.parametrize("dtype", [np.float16, ml_dtypes.bfloat16, np.float32, np.float64])
def test_exact_values_are_the_nearest_numbers(name, dtype):
    x = np.concatenate([X, [np.inf, -np.inf, np.nan, -0.0]]).astype(dtype)
    found = judge(one_test("", activations[name], x, right(name, x), {}))
    assert (found.nearest + found.open, found.wrong, found.worst) == (x.size, 0, None)


@pytest.mark.parametrize(
    "name", ["softmax", "log_softmax", "softmin", "hardmax", "sparsemax", "maxout", "logsumexp"]
)
def test_rows_too_along_any_axis(name):
    x = np.random.default_rng(0).normal(size=(3, 4, 5)).astype(np.float32)
    for axis in (-1, 0, 1, -2):
        y = right(name, np.moveaxis(x, axis, -1))
        y = y if activations[name].shape == "reduction" else np.moveaxis(y, -1, axis)
        found = judge(one_test("", activations[name], x, y, {}, axis=axis))
        assert (found.nearest, found.wrong) == (y.size, 0), axis
    with_infinities = np.array([[np.inf, 1.0], [-np.inf, 2.0], [np.nan, 0.0]], np.float32)
    found = judge(
        one_test("", activations[name], with_infinities, right(name, with_infinities), {})
    )
    assert found.wrong == 0


@pytest.mark.parametrize("steps", [1, 3, 1000])
def test_a_wrong_value_is_told_with_its_error(steps):
    y = right("gelu")
    for _ in range(steps):
        y[18] = np.nextafter(y[18], np.float32(9))
    found = judge(one_test("", activations["gelu"], X, y, {}, tolerance=Tolerance(rtol=1e-3)), 1.5)
    assert found.nearest == X.size - 1
    assert found.worst.error == pytest.approx(steps, abs=0.5)
    assert (found.worst.x, found.worst.got) == (repr(float(X[18])), repr(float(y[18])))
    assert found.wrong == (steps > 1)
    assert found.hidden == (steps > 1)


@pytest.mark.parametrize(
    ("tolerance", "hidden"),
    [
        (None, None),
        (Tolerance(), 0),
        (Tolerance(ulp=2), 0),
        (Tolerance(ulp=70), 1),
        (Tolerance(atol=1e-7), 0),
        (Tolerance(atol=1e-4), 1),
        (Tolerance(rtol=1e-3), 1),
    ],
)
def test_whether_the_tolerance_hides_it(tolerance, hidden):
    y = right("tanh")
    y[20] -= np.float32(64 * 2.0**-24)
    found = judge(one_test("", activations["tanh"], X, y, {}, tolerance=tolerance))
    assert (found.wrong, found.hidden) == (1, hidden)


@pytest.mark.parametrize(("x", "y"), [(-9.0, np.nan), (np.nan, 1.0), (2.0, np.inf), (-1.0, 0.0)])
def test_no_number_where_one_is_right_is_wrong_beyond_ulps(x, y):
    points = np.float32([x, 1])
    expected = np.append(np.float32(y), right("gelu", points)[1:])
    found = judge(one_test("", activations["gelu"], points, expected, {}))
    assert found.wrong == 1
    assert found.worst.error is None


def test_a_zero_for_a_subnormal_number_is_wrong_in_an_expected_value():
    x = np.float32([-13.2])
    assert 0 < -right("gelu", x)[0] < np.finfo(np.float32).tiny
    assert judge(one_test("", activations["gelu"], x, np.float32([0]), {})).wrong == 1


def test_what_the_spec_leaves_open_is_not_judged():
    x = np.float32([-1, 0, 1])
    found = judge(
        one_test("", activations["relu"], x, np.float32([0, 0.5, 1]), {}, part="derivative")
    )
    assert (found.open, found.nearest, found.wrong) == (1, 2, 0)


def test_a_slope_that_is_ignored_is_wrong_and_a_stated_one_right():
    y = right("leaky_relu", negative_slope=0.2)
    entry = activations["leaky_relu"]
    assert judge(one_test("", entry, X, y, {})).wrong == 12
    assert judge(one_test("", entry, X, y, {"negative_slope": 0.2})).nearest == X.size


# Tables


def test_a_table_and_its_columns(tmp_path):
    file = csv(tmp_path / "gelu.csv", X.tolist(), right("gelu").tolist())
    assert one(audit([file], Stated(function="gelu"))).nearest == X.size
    file = csv(tmp_path / "a.csv", X.tolist(), right("gelu").tolist(), ("in", "out"))
    columns = {"x": "in", "expected": "out"}
    assert one(audit([file], Stated(function="gelu", columns=columns))).nearest == X.size
    hexadecimal = [float(v).hex() for v in right("tanh")]
    file.write_text(
        "\n".join(["x,y,f", *(f"{a},{b},tanh" for a, b in zip(X, hexadecimal, strict=True))])
    )
    found = one(audit([file], Stated(columns={"function": "f"})))
    assert (found.entry, found.nearest) == ("tanh", X.size)
    np.savez(tmp_path / "a.npz", p=X, q=right("silu"))
    found = one(audit([tmp_path / "a.npz"], Stated("swish", columns={"x": "p", "expected": "q"})))
    assert (found.entry, found.nearest) == ("silu", X.size)
    np.save(tmp_path / "x.npy", X)
    np.save(tmp_path / "y.npy", right("silu"))
    inputs = {"x": str(tmp_path / "x.npy")}
    assert one(audit([tmp_path / "y.npy"], Stated("silu", columns=inputs))).wrong == 0


@pytest.mark.parametrize(
    ("name", "content", "stated", "said"),
    [
        ("a.csv", "", Stated("gelu"), "is empty"),
        ("a.csv", "x,y\n", Stated("gelu"), "a line of names and no numbers"),
        ("a.csv", "x,y\n1,2\n", Stated(), "say --function NAME"),
        ("a.csv", "x,y\n1\n", Stated("gelu"), "row 2 has 1 cells"),
        ("a.csv", "x,y\n1,two\n", Stated("gelu"), "'two' is no number"),
        ("a.csv", "a,b\n1,2\n", Stated("gelu"), "say --map x=NAME, of a, b"),
        ("a.csv", "x,y,output\n1,2,3\n", Stated("gelu"), "there are several of expected"),
        ("a.csv", "a,b\n1,2\n", Stated("gelu", columns={"x": "aa"}), "did you mean 'a'"),
        ("a.csv", "x,y\n1,2\n", Stated("softmax"), "softmax takes rows"),
        ("a.csv", b"\xff\xfe\x00", Stated("gelu"), "no table of text"),
        ("a.npz", b"PK\x03\x04 damaged", Stated("gelu"), "damaged, or no .npz"),
        ("a.npy", b"\x93NUMPY", Stated("gelu", columns={"x": "there-is-none.npy"}), "no such file"),
        ("a.npy", b"", Stated("gelu"), "--map x=FILE.npy"),
        ("a.json", "{", Stated(), "damaged, or no JSON"),
        ("a.json", "{}", Stated(), "holds no tests of WebNN"),
        ("a.json", '[{"graph": {}}]', Stated(), "is not as WebNN's tests are: KeyError"),
        ("a.mlir", "module {}", Stated(), "has no function"),
        ("a.mlir", b"\xff\xfe", Stated(), "no text of MLIR"),
        ("a.txt", "", Stated(), "no kind of file that is known"),
    ],
)  # fmt: skip
def test_bad_files_are_told_as_such(name, content, stated, said, tmp_path):
    file = tmp_path / name
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(AuditError) as raised:
        audit([file], stated)
    assert said in str(raised.value)
    assert name in str(raised.value) or "there-is-none" in str(raised.value)


def test_other_wrong_words(tmp_path):
    file = csv(tmp_path / "a.csv", [1.0], [1.0])
    with pytest.raises(UnknownNameError, match="did you mean 'gelu'"):
        audit([file], Stated("gleu"))
    with pytest.raises(UnknownNameError, match="did you mean"):
        audit([file], Stated("gelu", format="float61"))
    with pytest.raises(UnknownNameError, match="no parameter of gelu is named 'alpha'"):
        audit([file], Stated("gelu", parameters={"alpha": 1.0}))
    with pytest.raises(AuditError, match="there is no such file"):
        audit([tmp_path / "nothing"])
    with pytest.raises(AuditError, match="holds no tests"):
        audit([tmp_path])
    with pytest.raises(UnsupportedError, match="outside its domain"):
        one_test("", activations["celu"], X, X, {"alpha": -1.0})
    with pytest.raises(UnsupportedError, match="no exact values in int32"):
        one_test("", activations["relu"], X.astype(np.int32), X, {})
    with pytest.raises(AuditError, match="results of shape"):
        one_test("", activations["relu"], X, X[1:], {})


# WebNN


def tensor(array, kind="float32"):
    return {"data": array.tolist(), "descriptor": {"shape": list(array.shape), "dataType": kind}}


def graph(operator, x, y, options=None):
    arguments = [{"input": "in"}, *([{"options": options}] if options else [])]
    return {
        "name": f"{operator} float32 1D",
        "graph": {
            "inputs": {"in": tensor(x)},
            "operators": [{"name": operator, "arguments": arguments, "outputs": "out"}],
            "expectedOutputs": {"out": tensor(y)},
        },
    }


def test_webnn_in_both_of_its_styles(tmp_path):
    y = right("leaky_relu", negative_slope=0.25)
    strange = graph("reverse", X, X)
    tests = [
        graph("hardSwish", X, right("hard_silu")),
        graph("leakyRelu", X, y, {"alpha": 0.25}),
        graph("softmax", X.reshape(5, 5), right("softmax", X.reshape(5, 5).T).T, {"axis": 0}),
        strange,
    ]
    file = tmp_path / "activations.json"
    file.write_text(json.dumps(tests))
    report = audit([file])
    assert [one.entry for one in report.audited] == ["hard_silu", "leaky_relu", "softmax"]
    assert [one.nearest for one in report.audited] == [25, 25, 25]
    assert "no activation is named 'reverse'" in report.skipped[0].why
    old = {
        "name": "tanh",
        "inputs": {"x": {"shape": [25], "data": X.tolist(), "type": "float32"}},
        "expected": {
            "name": "out",
            "shape": [25],
            "data": right("tanh").tolist(),
            "type": "float32",
        },
    }
    (tmp_path / "tanh.json").write_text(json.dumps({"tests": [old]}))
    assert one(audit([tmp_path / "tanh.json"])).nearest == 25
    file.write_text(json.dumps([strange]))
    with pytest.raises(AuditError, match="no activation is named 'reverse'"):
        audit([file])
    tests[0]["graph"]["inputs"]["in"]["data"].pop()
    file.write_text(json.dumps(tests))
    with pytest.raises(AuditError, match="has 24 numbers for the shape"):
        audit([file])


def test_webnn_linear_is_not_the_identity(tmp_path):
    """WebNN's linear is alpha x + beta: what Keras calls so is another function."""
    file = tmp_path / "linear.json"
    file.write_text(json.dumps([graph("linear", X, X)]))
    with pytest.raises(AuditError, match="no activation is named 'linear'"):
        audit([file])


# StableHLO

MODULE = """// RUN: stablehlo-interpreter
module @jit_testcase {{
  func.func public @main() -> tensor<i1> {{
    %0 = call @inputs() : () -> tensor<{type}>
    %1 = call @expected() : () -> tensor<{type}>
    %2 = stablehlo.{operator} %0 : tensor<{type}>
    %3 = stablehlo.custom_call @check.{check}(%2, %1) : (tensor<{type}>) -> tensor<i1>
    return %3 : tensor<i1>
  }}
  func.func private @inputs() -> tensor<{type}> {{
    %0 = stablehlo.constant dense<{x}> : tensor<{type}>
    return %0 : tensor<{type}>
  }}
  func.func private @expected() -> tensor<{type}> {{
    %0 = stablehlo.constant dense<{y}> : tensor<{type}>
    return %0 : tensor<{type}>
  }}
}}
"""


def module(path, x, y, kind="5x5xf32", operator="logistic", check="eq"):
    path.write_text(MODULE.format(type=kind, x=x, y=y, operator=operator, check=check))
    return path


def packed(array):
    return f'"0x{array.tobytes().hex().upper()}"'


def test_stablehlo_in_bytes_numbers_and_bit_patterns(tmp_path):
    file = tmp_path / "a.mlir"
    found = one(audit([module(file, packed(X), packed(right("sigmoid")))]))
    assert (found.entry, found.nearest, found.tolerance) == ("sigmoid", 25, Tolerance())
    x = X.astype(ml_dtypes.bfloat16)
    found = one(audit([module(file, packed(x), packed(right("tanh", x)), "25xbf16", "tanh")]))
    assert (found.entry, found.format, found.nearest) == ("tanh", "bfloat16", 25)
    numbers = "[1.000000e+00, 0x7FC00000, 0x7F800000, -2.0]"
    y = right("tanh", np.float32([1, np.nan, np.inf, -2]))
    text = f"[{y[0]!r}, 0x7FC00000, 1.0, {y[3]!r}]".replace("np.float32(", "").replace(")", "")
    assert one(audit([module(file, numbers, text, "4xf32", "tanh")])).nearest == 4
    assert one(audit([module(file, "0.0", "5.000000e-01")])).nearest == 25  # one for all


def test_functions_of_stablehlo_with_a_constant_of_their_own(tmp_path):
    file = tmp_path / "tanh.mlir"
    y = right("tanh", np.float64([1, 2]))
    function = """func.func @tanh_{0}() {{
      %0 = stablehlo.constant dense<{1}> : tensor<{2}>
      %1 = stablehlo.tanh %0 : tensor<{2}>
      check.expect_almost_eq_const %1, dense<{3}> : tensor<{2}>{4}
      func.return
    }}
    // -----
    """
    numbers = f"[{float(y[0])}, {float(y[1])}]"
    file.write_text(
        function.format("f64", "[1.0, 2.0]", "2xf64", numbers, "")
        + function.format("wide", "[1.0, 2.0]", "2xf64", numbers, ", tolerance = 0.01")
        + function.format("c64", "(1.0, 2.0)", "complex<f32>", "(1.0, 0.5)", "")
    )
    report = audit([file])
    assert [found.nearest for found in report.audited] == [2, 2]
    assert [found.tolerance.atol for found in report.audited] == [1e-4, 0.01]
    assert [one.why for one in report.skipped] == ["its numbers are tensor<complex<f32>>"]


def test_a_wrong_value_of_stablehlo(tmp_path):
    y = right("sigmoid").copy()
    y[3] *= np.float32(1.0001)
    file = tmp_path / "a.mlir"
    found = one(audit([module(file, packed(X), packed(y))]))
    assert (found.wrong, found.hidden) == (1, 0)
    close = "expect_close(%2, %1) {max_ulp_difference = 9000} : //"
    found = one(audit([module(file, packed(X), packed(y), check=close)]))
    assert (found.wrong, found.hidden, found.tolerance) == (1, 1, Tolerance(ulp=9000))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"x": '"0x12345"'}, "a constant is damaged"),
        ({"x": '"0x1234"'}, "2 bytes for 25 numbers of float32"),
        ({"x": "[1.0, two]"}, "are no numbers"),
        ({"x": "[1.0, 2.0]"}, "2 numbers for the shape (5, 5)"),
        ({"kind": "5x5xi32"}, "its numbers are tensor<5x5xi32>"),
        ({"operator": "logisitc"}, "did you mean 'logistic'"),
    ],
)
def test_bad_modules(changes, said, tmp_path):
    words = {"x": packed(X), "y": packed(right("sigmoid")), **changes}
    with pytest.raises(AuditError) as raised:
        audit([module(tmp_path / "a.mlir", **words)])
    assert said in str(raised.value)


# ONNX

onnx_missing = "audits of ONNX's tests need onnx"


@pytest.fixture(scope="module")
def onnx_folder(tmp_path_factory):
    """Return a folder with the node tests of some operators, as the package onnx has them."""
    onnx = pytest.importorskip("onnx", reason=onnx_missing)
    node = pytest.importorskip("onnx.backend.test.case.node")
    folder = tmp_path_factory.mktemp("onnx")
    wanted = {"Elu", "Gelu", "HardSwish", "LeakyRelu", "Selu", "Softmax", "Tanh", "Identity"}
    for case in node.collect_testcases(None):
        if case.model is None or not {one.op_type for one in case.model.graph.node} & wanted:
            continue
        if not all(one.type.HasField("tensor_type") for one in case.model.graph.input):
            continue
        sets = [
            ([onnx.numpy_helper.from_array(np.asarray(a)) for a in group] for group in one)
            for one in case.data_sets
        ]
        write_onnx(folder / case.name, case.model, *next(iter(sets)))
    return folder


def write_onnx(folder, model, inputs, outputs):
    data = folder / "test_data_set_0"
    data.mkdir(parents=True)
    (folder / "model.onnx").write_bytes(model.SerializeToString())
    for kind, tensors in (("input", inputs), ("output", outputs)):
        for number, one in enumerate(tensors):
            (data / f"{kind}_{number}.pb").write_bytes(one.SerializeToString())


@pytest.mark.filterwarnings("ignore")
def test_the_node_tests_of_onnx(onnx_folder):
    report = audit([onnx_folder])
    found = {one.place.rpartition("/")[2]: one for one in report.audited}
    assert found["test_gelu_tanh_2"].entry == "gelu_tanh"
    assert found["test_gelu_default_2"].entry == "gelu"
    assert found["test_elu"].parameters == {"alpha": 2.0}
    assert found["test_leakyrelu"].parameters["negative_slope"] == float(np.float32(0.1))
    assert found["test_softmax_axis_0"].nearest > 30
    assert all(one.tolerance == Tolerance(rtol=1e-3, atol=1e-7) for one in found.values())
    # None is off by more than a few ulp, so that each has the right function, axis and parameters.
    assert all(one.worst is None or one.worst.error < 9 for one in found.values())
    skipped = {one.place.rpartition("/")[2]: one.why for one in report.skipped}
    assert "selu has no alpha = 2.0, gamma = 3.0" in skipped["test_selu"]


@pytest.mark.filterwarnings("ignore")
def test_wrong_and_damaged_tests_of_onnx(onnx_folder, tmp_path, monkeypatch):
    onnx = pytest.importorskip("onnx", reason=onnx_missing)

    def node(operator, x, y, version=20, **attributes):
        names = [onnx.helper.make_tensor_value_info(n, 1, None) for n in "xy"]
        one = onnx.helper.make_node(operator, ["x"], ["y"], **attributes)
        model = onnx.helper.make_model(
            onnx.helper.make_graph([one], "g", names[:1], names[1:]),
            opset_imports=[onnx.helper.make_opsetid("", version)],
        )
        place = tmp_path / f"test_{len(list(tmp_path.iterdir()))}"
        write_onnx(place, model, *([onnx.numpy_helper.from_array(a)] for a in (x, y)))
        return place

    # The tanh formula where the exact one is meant: the usual tolerance hides it at many inputs.
    found = one(audit([node("Gelu", X, right("gelu_tanh"))]))
    assert 0 < found.hidden < found.wrong
    rows = np.arange(24, dtype=np.float32).reshape(2, 3, 4) / 9
    flat = right("softmax", rows.reshape(2, 12)).reshape(rows.shape)
    assert one(audit([node("Softmax", rows, flat, version=11)])).nearest == 24
    assert one(audit([node("Softmax", rows, flat, version=13)])).wrong == 24
    (place := node("Tanh", X, right("tanh"))).joinpath("data.json").write_text('{"rtol": 0.5}')
    assert one(audit([place])).tolerance == Tolerance(rtol=0.5, atol=1e-7)
    output = place / "test_data_set_0" / "output_0.pb"
    for content in (output.read_bytes()[:-7], b"", b"\x00damaged"):
        output.write_bytes(content)
        with pytest.raises(AuditError, match=r"output_0\.pb: damaged"):
            audit([place])
    output.unlink()
    with pytest.raises(AuditError, match=r"output_0\.pb: No such file"):
        audit([place])
    (place / "model.onnx").write_bytes(b"\x00damaged")
    with pytest.raises(AuditError, match=r"model\.onnx: damaged"):
        audit([place])
    assert one(audit([node("Swish", X, right("silu"), version=24)])).entry == "silu"
    with pytest.raises(AuditError, match="no function that is ONNX's Sin"):
        audit([node("Sin", X, X)])


@pytest.mark.parametrize(
    ("text", "value", "found"),
    [
        ("alpha", 0.5, ("alpha", 0.5)),
        ("alpha", 0.0, ("alpha", 0.0)),
        ("1 / width", 0.2, ("width", 5.0)),
        ("1 - momentum", 0.9, ("momentum", pytest.approx(0.1))),
        ("alpha**2", 4.0, None),
        ("a + b", 1.0, None),
    ],
)
def test_attributes_are_turned_into_parameters(text, value, found):
    assert _inverse(Expression(text), value) == found


def test_without_the_package_onnx_it_is_said_what_to_install(tmp_path, monkeypatch):
    import sys

    monkeypatch.setitem(sys.modules, "onnx", None)
    (tmp_path / "model.onnx").write_bytes(b"")
    with pytest.raises(AuditError, match=r"pip install \"actinit\[onnx\]\""):
        audit([tmp_path])


# The command


def test_the_command_says_what_is_wrong_and_ends_so(tmp_path, capsys):
    y = right("gelu").copy()
    file = csv(tmp_path / "a.csv", X.tolist(), y.tolist())
    assert main(["audit", str(file), "--function", "gelu"]) == 0
    assert "all 25 are the nearest numbers" in capsys.readouterr().out
    y[20] *= np.float32(1.001)
    csv(file, X.tolist(), y.tolist())
    words = ["audit", str(file), "--function", "torch.nn.GELU", "--rtol", "0.01"]
    assert main(words) == 1
    said = capsys.readouterr().out
    assert "1 of 25 are not the nearest numbers, 1 wrong" in said
    assert "with its own tolerance (rtol 0.01) the right results pass at 1 of them" in said
    assert "1 test with 25 expected values" in said
    assert main([*words, "--json"]) == 1
    told = json.loads(capsys.readouterr().out)
    jsonschema.validate(told, json.loads((SCHEMAS / "audit.schema.json").read_text()))
    assert (told["audited"][0]["wrong"], told["audited"][0]["hidden"]) == (1, 1)
    assert main([*words, "--max-ulp", "1e6"]) == 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--function", "gleu"], "did you mean 'gelu'"),
        (["--function", "gelu", "--map", "x"], "expected --map NAME=VALUE, where NAME is one of x"),
        (["--function", "gelu", "--map", "z=a"], "expected --map NAME=VALUE"),
        (["--function", "gelu", "--param", "alpha=no"], "could not convert"),
        (["--function", "gelu", "--rtol", "-1"], "expected --rtol 0 or more"),
        ([], "say --function NAME"),
    ],
)
def test_the_command_refuses(words, said, tmp_path, capsys):
    file = csv(tmp_path / "a.csv", [1.0], [1.0])
    assert main(["audit", str(file), *words]) == 2
    assert said in capsys.readouterr().err
