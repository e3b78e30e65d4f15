"""Tensors and modules of torch: no copies, no changes, the same tokens in every process."""

from __future__ import annotations

import copy
import warnings
from collections import OrderedDict

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from memo.errors import UnhashableArgument  # noqa: E402
from memo.hashing import array_data, token  # noqa: E402


def code(thing):
    return f"{type(thing).__name__}:{getattr(thing, '__qualname__', None) or thing.__name__}".encode()


def of(value):
    return token(value, code=code)


class Noted(torch.Tensor):
    pass


class Silent(torch.Tensor):
    """Answers no question that goes through torch's protocol."""

    @classmethod
    def __torch_function__(cls, function, types, args=(), kwargs=None):
        raise RuntimeError(f"{function} was called")


class Net(torch.nn.Module):
    def __init__(self, *names, **attributes):
        super().__init__()
        for name in names:
            setattr(self, name, torch.nn.Linear(2, 2))
        for name, value in attributes.items():
            setattr(self, name, value)

    def forward(self, x):
        return x


class Descent(torch.optim.SGD):
    pass


def filled(module):
    """Return the module with numbers that are the same every time."""
    with torch.no_grad():
        for name, parameter in module.named_parameters():
            parameter.copy_(torch.full_like(parameter, len(name)))
    return module


def double(_module, _inputs, output):
    return 2 * output


def halve(_module, _inputs, output):
    return output / 2


def test_layout_does_not_show():
    base = torch.arange(24.0).reshape(2, 3, 4)
    complex_base = torch.tensor([[1 + 2j, 3 - 1j]])
    images = torch.arange(120.0).reshape(2, 3, 4, 5)
    pairs = [
        (base.permute(2, 0, 1), base.permute(2, 0, 1).contiguous()),
        (base[1], base[1].clone()),
        (base[:, ::2, 1:], base[:, ::2, 1:].clone()),
        (torch.ones(1).expand(3, 4), torch.ones(3, 4)),
        (images.to(memory_format=torch.channels_last), images),
        (complex_base.conj(), complex_base.conj().resolve_conj()),
        (complex_base.conj().imag, complex_base.conj().imag.resolve_neg()),
        (torch.ones(3).share_memory_(), torch.ones(3)),
        (torch.from_numpy(np.ones(3, "f4")), torch.ones(3)),
    ]
    for first, second in pairs:
        assert of(first) == of(second)
    assert of(base) != of(base.reshape(3, 2, 4))
    assert of(complex_base) != of(complex_base.conj())


def dtypes():
    names = [
        "bfloat16",
        "float8_e4m3fn",
        "float8_e5m2",
        "float8_e4m3fnuz",
        "float8_e5m2fnuz",
        "complex32",
        "uint16",
    ]
    return [getattr(torch, name) for name in names if hasattr(torch, name)]


@pytest.mark.filterwarnings("ignore:ComplexHalf")
@pytest.mark.parametrize("dtype", dtypes(), ids=str)
def test_dtypes_that_numpy_does_not_know(dtype):
    size = torch.empty(0, dtype=dtype).element_size()
    raw = torch.arange(12 * size, dtype=torch.uint8).view(dtype).reshape(3, 4)
    changed = torch.cat([raw.view(torch.uint8).flatten()[:-1], torch.tensor([99], dtype=torch.uint8)])
    tokens = {of(raw), of(changed.view(dtype).reshape(3, 4)), of(raw.view(torch.uint8))}
    assert len(tokens) == 3
    assert of(raw.T) == of(raw.T.contiguous()) != of(raw)


def test_a_contiguous_tensor_is_hashed_from_its_memory(monkeypatch):
    def never(*_):
        raise AssertionError("copied")

    monkeypatch.setattr(array_data, "_blocks", never)
    half = torch.ones(1000, dtype=torch.bfloat16)
    for tensor in (torch.ones(1000), half, torch.ones(9, requires_grad=True)[3:]):
        assert of(tensor)
    with pytest.raises(UnhashableArgument):
        of(torch.ones(30, 40).T)


MEMORY = """
import resource, torch
from memo.hashing import token
def code(thing):
    return (getattr(thing, "__qualname__", None) or thing.__name__).encode()
token([torch.nn.Parameter(torch.ones(30, 40).T), torch.ones(3, dtype=torch.bfloat16)], code=code)
large = torch.ones(8000, 4000, dtype=torch.bfloat16)
floats = large.view(torch.float32)
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
for value in (large, large.T, floats, floats.T, torch.nn.Parameter(floats), floats.untyped_storage()):
    token(value, code=code)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


def test_a_large_tensor_is_not_copied(run_python):
    # It has 64 MB, and no more than the blocks may come on top; in kilobytes.
    assert int(run_python(MEMORY)) < 24 << 10


def test_hashing_changes_nothing():
    module = torch.nn.Linear(2, 2)
    module(torch.ones(1, 2)).sum().backward()
    inner = module.weight * 2
    transposed = torch.arange(6.0).reshape(2, 3).T
    jagged = torch.nested.nested_tensor([torch.ones(2), torch.ones(3)], layout=torch.jagged)
    values = [module.weight, inner, transposed, jagged]
    before = [(value._version, value.requires_grad, set(vars(value))) for value in values]
    strides, gradient = transposed.stride(), module.weight.grad
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # As for the .grad of a tensor that is no leaf.
        tokens = [of(value) for value in values]
    assert [(value._version, value.requires_grad, set(vars(value))) for value in values] == before
    assert transposed.stride() == strides
    assert module.weight.grad is gradient
    inner.sum().backward()
    assert [of(value) for value in values[1:]] == tokens[1:]


def test_what_decides_backward_counts():
    leaf = torch.ones(2, requires_grad=True)
    plain = of(leaf)
    assert plain != of(leaf.detach())
    handle = leaf.register_hook(abs)
    hooked = of(leaf)
    handle.remove()
    leaf.register_hook(abs)  # Under another number.
    assert of(leaf) == hooked != plain
    (3 * leaf).sum().backward()
    with_gradient = of(leaf)
    leaf.grad.add_(1)
    assert len({plain, hooked, with_gradient, of(leaf)}) == 4


def test_subclasses_are_read_behind_their_own_protocol():
    silent = torch.Tensor._make_subclass(Silent, torch.ones(2))
    assert of(silent) == of(torch.Tensor._make_subclass(Silent, torch.ones(2)))
    assert of(silent) != of(torch.ones(2))
    noted, other = (torch.ones(2).as_subclass(Noted) for _ in range(2))
    assert of(noted) == of(other)
    noted.note = 1
    assert of(noted) != of(other)


def test_other_ways_to_hold_data():
    dense = torch.tensor([[0.0, 1.0], [2.0, 0.0]])
    twice = torch.sparse_coo_tensor([[0, 0], [1, 1]], [1.0, 2.0], (2, 2), check_invariants=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Of prototypes.
        kinds = [
            lambda: dense,
            dense.to_sparse,
            lambda: twice,
            dense.to_sparse_csr,
            dense.to_sparse_csc,
            lambda: dense.to_sparse_bsr((1, 1)),
            lambda: dense.to_sparse_bsc((1, 1)),
            lambda: torch.nested.nested_tensor([dense, dense[:1]]),
            lambda: torch.nested.nested_tensor([dense, dense[:1]], layout=torch.jagged),
            lambda: torch.nested.nested_tensor([dense, dense[1:]], layout=torch.jagged),
            lambda: torch.masked.masked_tensor(dense, dense > 1),
        ]
        if hasattr(torch, "quantize_per_tensor"):
            scales = torch.tensor([0.1, 0.2])
            kinds += [
                lambda: torch.quantize_per_tensor(dense, 0.1, 2, torch.quint8),
                lambda: torch.quantize_per_tensor(dense, 0.1, 3, torch.quint8),
                lambda: torch.quantize_per_channel(dense, scales, torch.tensor([0, 0]), 0, torch.qint8),
                lambda: torch.quantize_per_channel(dense, scales, torch.tensor([0, 0]), 1, torch.qint8),
            ]
        first, second = ([make() for make in kinds] for _ in range(2))
    tokens = [of(value) for value in first]
    assert tokens == [of(value) for value in second]
    assert len(set(tokens)) == len(kinds)


def jit(module):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return torch.jit.trace(module, torch.ones(1, 2))


def added_operator():
    if not hasattr(torch.ops, "memo_tests") or not hasattr(torch.ops.memo_tests, "twice"):
        torch.library.define("memo_tests::twice", "(Tensor x) -> Tensor")
    return torch.ops.memo_tests.twice


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (lambda: torch.ones(2, device="meta"), "has no data"),
        (lambda: torch.ones(2, device="meta").untyped_storage(), "has no data"),
        (lambda: torch.nn.Linear(2, 2, device="meta"), "has no data"),
        (lambda: jit(torch.nn.Linear(2, 2)), "compiled by torch.jit"),
        (added_operator, "cannot be looked into"),
        (lambda: (torch.ones(2, requires_grad=True) * 2).grad_fn, "hidden or tied to this process"),
    ],
)
def test_refusals_say_why(make, reason):
    with pytest.raises(UnhashableArgument, match=reason) as caught:
        token([make()], code=code, path="x")
    assert caught.value.path.startswith("x[0]")


def test_the_path_leads_into_a_module():
    net = Net("first", "last", shape=(1, 2))
    net.last.weight.source = (value for value in ())
    with pytest.raises(UnhashableArgument) as caught:
        token(net, code=code, path="model")
    assert caught.value.path == "model.last.weight.source"


def test_the_order_of_submodules_counts_that_of_attributes_does_not():
    assert of(filled(Net("a", "b"))) != of(filled(Net("b", "a")))
    assert of(Net(p=1, q=2)) == of(Net(q=2, p=1)) != of(Net(p=2, q=1))


def test_the_order_of_a_container_counts():
    def chain(*names):
        parts = {"a": torch.nn.ReLU(), "b": torch.nn.Tanh()}
        return torch.nn.Sequential(OrderedDict((name, parts[name]) for name in names))

    def table(*names):
        return torch.nn.ModuleDict({name: torch.nn.ReLU() for name in names})

    for make in (chain, table):
        assert of(make("a", "b")) == of(make("a", "b")) != of(make("b", "a"))


def test_every_part_of_a_module_counts():
    def changed(change):
        module = filled(Net("inner", scale=1.0))
        module.register_buffer("seen", torch.zeros(2))
        change(module)
        return of(module)

    changes = [
        lambda module: None,
        lambda module: module.eval(),
        lambda module: module.inner.eval(),
        lambda module: module.requires_grad_(requires_grad=False),
        lambda module: module.seen.add_(1),
        lambda module: module.register_buffer("seen", torch.zeros(2), persistent=False),
        lambda module: module.register_parameter("bias", None),
        lambda module: setattr(module, "scale", 2.0),
        lambda module: module.inner.bias.data.add_(1),
        lambda module: module.register_forward_hook(double),
        lambda module: module.register_forward_hook(halve),
        lambda module: module.register_forward_hook(double, always_call=True),
        lambda module: module.register_forward_pre_hook(double),
        lambda module: module.register_full_backward_hook(double),
        lambda module: module.inner.register_forward_hook(double),
    ]
    tokens = [changed(change) for change in changes]
    assert tokens == [changed(change) for change in changes]
    assert len(set(tokens)) == len(changes)


def test_the_number_of_a_hook_is_no_value():
    first, second = Net(), Net()
    first.handle = first.register_forward_hook(double)
    second.register_forward_hook(halve).remove()
    second.handle = second.register_forward_hook(double)
    assert of(first) == of(second)


def test_modules_that_are_special():
    torch.manual_seed(0)
    lstm = torch.nn.LSTM(2, 2)
    with_norm = torch.nn.utils.parametrizations.weight_norm(torch.nn.Linear(2, 2))
    traced = torch.fx.symbolic_trace(torch.nn.Sequential(torch.nn.Linear(2, 2), torch.nn.ReLU()))
    before = of(lstm)
    lstm(torch.ones(1, 1, 2))
    assert of(lstm) == before == of(copy.deepcopy(lstm))
    assert of(with_norm) == of(copy.deepcopy(with_norm)) != of(torch.nn.Linear(2, 2))
    assert of(traced) == of(copy.deepcopy(traced))


def test_lazy_modules():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        modules = [torch.nn.LazyLinear(width) for width in (3, 3, 4)]
    assert of(modules[0]) == of(modules[1]) != of(modules[2])


def test_optimizers():
    def trained(kind, rate, **attributes):
        module = filled(torch.nn.Linear(2, 2))
        optimizer = kind(module.parameters(), lr=rate, momentum=0.9)
        vars(optimizer).update(attributes)
        module(torch.ones(1, 2)).sum().backward()
        optimizer.step()
        return optimizer

    assert of(trained(torch.optim.SGD, 0.1)) == of(trained(torch.optim.SGD, 0.1))
    tokens = {
        of(trained(torch.optim.SGD, 0.1)),
        of(trained(torch.optim.SGD, 0.2)),
        of(trained(Descent, 0.1)),
        of(trained(Descent, 0.1, rho=1)),
    }
    assert len(tokens) == 4


def test_generators_by_their_state():
    first, second = torch.Generator(), torch.Generator()
    before = of(first)
    assert before == of(second) == of(first)
    torch.rand(3, generator=first)
    assert of(first) != before
    torch.rand(3, generator=second)
    assert of(first) == of(second)


SCRIPT = """
import sys, torch
from memo.hashing import token
junk = [bytearray(b"\\xaa" * n) for n in range(1, 40_000, 97)]
del junk
def code(thing):
    return (getattr(thing, "__qualname__", None) or thing.__name__).encode()
torch.manual_seed(0)
net = torch.nn.Sequential(torch.nn.Linear(3, 3), torch.nn.BatchNorm1d(3), torch.nn.LSTM(3, 2))
hook = net[0].register_forward_hook(print)
optimizer = torch.optim.Adam(net.parameters())
generator = torch.Generator().manual_seed(3)
torch.randn(5, generator=generator)
parts = [torch.ones(3), torch.ones(2)]
values = [
    net, optimizer, generator, hook, torch.float32, torch.device("cuda", 1), torch.Size([1]), torch.strided,
    torch.finfo(torch.half), torch.ops.aten.relu.default, torch.relu, torch.nn.functional.relu,
    torch.arange(6).reshape(2, 3).T, torch.ones(3).untyped_storage(), torch.eye(3).to_sparse(),
    torch.nested.nested_tensor(parts, layout=torch.jagged), torch.nn.utils.rnn.pack_sequence(parts),
    torch.ones(3, dtype=torch.bfloat16), torch.distributions.Normal(0.0, 1.0), torch.max(torch.eye(2), 0),
]
for value in values:
    print(type(value).__name__, token(value, code=code).hex())
"""


def test_other_processes_make_the_same_tokens(run_python):
    shown = {run_python(SCRIPT, env={"PYTHONHASHSEED": seed, "PYTHONWARNINGS": "ignore"}) for seed in ("1", "2")}
    assert len(shown) == 1
    lines = shown.pop().splitlines()
    assert len({line.split()[1] for line in lines}) == len(lines) == 20
