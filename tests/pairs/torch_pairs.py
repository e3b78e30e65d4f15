"""Pairs of values of torch: (a, b, whether they are equal, why)."""

# ruff: noqa: PLR0915 - these are values under test, in long tables.

from __future__ import annotations

import copy
import itertools
import math
import warnings

import numpy as np
import torch
from torch import nn

FLOATS = (torch.float16, torch.bfloat16, torch.float32, torch.float64)
SMALL_FLOATS = (
    torch.float8_e4m3fn,
    torch.float8_e5m2,
    torch.float8_e4m3fnuz,
    torch.float8_e5m2fnuz,
    torch.float8_e8m0fnu,
)
INTS = (torch.int8, torch.int16, torch.int32, torch.int64, torch.uint8, torch.uint16, torch.uint32, torch.uint64)
COMPLEX = (torch.complex32, torch.complex64, torch.complex128)


class Mine(torch.Tensor):
    pass


class Net(nn.Module):
    def __init__(self, seed=0, width=3):
        super().__init__()
        torch.manual_seed(seed)
        self.first = nn.Linear(2, width)
        self.norm = nn.BatchNorm1d(width)
        self.last = nn.Linear(width, 1)
        self.register_buffer("count", torch.zeros(1))
        self.register_buffer("scratch", torch.zeros(1), persistent=False)
        self.width = width

    def forward(self, x):
        return self.last(torch.relu(self.norm(self.first(x))))


class OtherNet(Net):
    pass


class Tied(nn.Module):
    """Ties one parameter to another, or has two that are equal."""

    def __init__(self, tied):
        super().__init__()
        self.one = nn.Linear(2, 2, bias=False)
        self.two = nn.Linear(2, 2, bias=False)
        with torch.no_grad():
            self.one.weight.fill_(1)
            self.two.weight.fill_(1)
        if tied:
            self.two.weight = self.one.weight


def noted(value, **attributes):
    for name, part in attributes.items():
        setattr(value, name, part)
    return value


def changed(module, **attributes):
    module = copy.deepcopy(module)
    return noted(module, **attributes)


def grid(dtype=torch.float32):
    return torch.arange(12).reshape(3, 4).to(dtype)


def with_grad(tensor, grad):
    tensor = tensor.clone().requires_grad_()
    tensor.grad = grad
    return tensor


def bits(pattern, whole, dtype):
    return torch.tensor([pattern], dtype=whole).view(dtype)


def quiet(make):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return make()


def dtypes():
    for dtype in (*FLOATS, *SMALL_FLOATS, *INTS, *COMPLEX, torch.bool):
        one = grid(torch.float32).to(dtype)
        yield one, one.clone(), True, f"{dtype}: a clone"
        yield one, torch.cat([one.view(-1), one.view(-1)])[:12].view(3, 4), True, f"{dtype}: a view of more"
        yield one, torch.cat([one.view(-1)[:5], one.view(-1)])[5:].view(3, 4), True, f"{dtype}: an offset"
        yield one, one.t().contiguous().t(), True, f"{dtype}: another memory order"
        yield one[::2], one[::2].contiguous(), True, f"{dtype}: strides"
        yield one[:, 1:3], one[:, 1:3].contiguous(), True, f"{dtype}: columns"
        yield one, one.view(4, 3), False, f"{dtype}: the shape"
        yield (
            one,
            one.view(torch.uint8) if dtype != torch.uint8 else one.to(torch.int8),
            False,
            f"{dtype}: the bytes",
        )
        other = one.clone()
        other.view(torch.uint8).view(-1)[-1] ^= 1
        yield one, other, False, f"{dtype}: the last byte"
        yield one[:0], one[:0].clone(), True, f"{dtype}: empty"
        yield one[:0], one[:, :0], False, f"{dtype}: empty shapes"
        yield one[0, 1], one[0, 1].clone(), True, f"{dtype}: without dimensions"
        yield one[0, 1], one[0, 1:2], False, f"{dtype}: one element is not a scalar"
        yield one[0, 1].expand(3), one[0, 1].repeat(3), True, f"{dtype}: expanded"
    kinds = [*FLOATS, *INTS, *COMPLEX, torch.bool]
    for one, other in itertools.pairwise(kinds):
        yield torch.zeros(2, dtype=one), torch.zeros(2, dtype=other), False, f"zeros of {one} and {other}"
        yield torch.empty(0, dtype=one), torch.empty(0, dtype=other), False, f"nothing of {one} and {other}"
        yield one, other, False, f"the dtypes {one} and {other}"
    for one, other in itertools.pairwise(SMALL_FLOATS):
        patterns = torch.tensor([1, 2], dtype=torch.uint8)
        yield patterns.view(one), patterns.view(other), False, f"bytes as {one} and {other}"
    yield torch.float32, torch.float, True, "two names of a dtype"
    yield torch.float32, np.dtype("f4"), False, "a dtype of another library"


def contents():
    yield torch.tensor([1.0, 2.0]), torch.tensor([1.0, 2.0]), True, "equal tensors"
    yield torch.tensor([1.0, 2.0]), torch.tensor([1.0, 3.0]), False, "values"
    yield torch.tensor([0.0]), torch.tensor([-0.0]), False, "the sign of zero"
    yield torch.tensor([0.0j]), torch.tensor([complex(0.0, -0.0)]), False, "the sign of an imaginary zero"
    yield (
        bits(0x7FC00001, torch.int32, torch.float32),
        bits(0x7FC00001, torch.int32, torch.float32),
        True,
        "equal NaNs",
    )
    yield (
        bits(0x7FC00001, torch.int32, torch.float32),
        bits(0x7FC00002, torch.int32, torch.float32),
        False,
        "NaNs by bits",
    )
    yield (
        bits(0x7FC1, torch.int16, torch.bfloat16),
        bits(0x7FC2, torch.int16, torch.bfloat16),
        False,
        "NaNs of bfloat16",
    )
    yield (
        bits(0x7E01, torch.int16, torch.float16),
        bits(0x7E02, torch.int16, torch.float16),
        False,
        "NaNs of float16",
    )
    yield torch.tensor(1), 1, False, "a tensor is not an int"
    yield torch.tensor([1, 2]), [1, 2], False, "a tensor is not a list"
    yield torch.tensor([1, 2]), np.array([1, 2]), False, "a tensor is not an array"
    yield torch.tensor(1), torch.tensor([1]), False, "dimensions of one"
    yield torch.zeros(0), torch.zeros(0, 3), False, "empty tensors"
    yield torch.zeros(2, 0), torch.zeros(0, 2), False, "empty shapes"
    yield torch.zeros(1, 2), torch.zeros(2, 1), False, "shapes of two"
    array = np.arange(3)
    yield torch.from_numpy(array), torch.arange(3), True, "memory of numpy's"
    yield torch.arange(3), torch.arange(6)[:3], True, "the beginning of a storage"
    yield torch.arange(3), torch.arange(6)[3:] - 3, True, "computed"
    yield torch.arange(6)[::2], torch.tensor([0, 2, 4]), True, "every second"
    yield torch.arange(3).flip(0), torch.tensor([2, 1, 0]), True, "flipped"
    yield torch.ones(3), torch.ones(1).expand(3), True, "one element for three"
    yield torch.ones(3, 4), torch.ones(()).expand(3, 4), True, "no dimension for two"
    yield torch.arange(9).view(3, 3), torch.arange(9).view(3, 3).t().contiguous().t(), True, "the memory order"
    yield torch.arange(9).view(3, 3), torch.arange(9).view(3, 3).t(), False, "transposed"
    images = torch.arange(24.0).view(1, 2, 3, 4)
    yield images, images.contiguous(memory_format=torch.channels_last), True, "channels last"
    windows = torch.arange(5).unfold(0, 3, 1)
    yield windows, windows.clone(), True, "overlapping windows"
    diagonal = torch.arange(9).view(3, 3).diagonal()
    yield diagonal, torch.tensor([0, 4, 8]), True, "a diagonal"
    strided = torch.as_strided(torch.arange(10), (2, 3), (1, 2), 1)
    yield strided, strided.clone(), True, "any strides"
    column = torch.arange(12).view(3, 4)[:, 1]
    yield column, column.clone(), True, "a column"
    one = torch.zeros(1, 3).as_strided((1, 3), (77, 1))
    yield one, torch.zeros(1, 3), True, "the stride of a dimension of one"
    big = torch.arange(100_000)
    yield big.view(100, 1000).t(), big.view(100, 1000).t().contiguous(), True, "a large one transposed"
    last = big.clone()
    last[-1] = 7
    yield big, last, False, "the last of many"
    shared = torch.arange(4)
    yield [shared[:2], shared[2:]], [torch.tensor([0, 1]), torch.tensor([2, 3])], True, "a shared storage"
    yield [shared, shared], [shared, shared.clone()], True, "one tensor twice"
    yield {"t": shared}, {"t": shared.clone()}, True, "in a dict"
    versioned = torch.zeros(3)
    versioned += 1
    versioned -= 1
    yield torch.zeros(3), versioned, True, "the count of changes"
    shared_memory = torch.arange(3).share_memory_()
    yield torch.arange(3), shared_memory, True, "shared memory"
    with torch.inference_mode():
        inferred = torch.arange(3)
    yield torch.arange(3), inferred, True, "a tensor of inference"


def lazy_bits():
    z = torch.tensor([1 + 2j, 3 - 4j])
    yield z.conj(), z.conj().resolve_conj(), True, "a conjugate that is not computed yet"
    yield z.conj(), z, False, "a conjugate"
    yield z, z.conj().conj(), True, "conjugated twice"
    yield z.conj(), z.conj().clone(), True, "a clone of a conjugate"
    yield z.conj().imag, z.conj().imag.resolve_neg(), True, "a negative that is not computed yet"
    yield z.conj().imag, z.imag, False, "a negative"
    yield z.real, z.real.clone(), True, "the real part"
    square = torch.tensor([[1 + 2j, 3 - 4j], [5j, 6]])
    yield square.mH, square.mH.resolve_conj().contiguous(), True, "the adjoint"
    yield torch._neg_view(torch.tensor([1.0, -2.0])), torch.tensor([-1.0, 2.0]), True, "a negative view"
    yield square.conj()[::2, 1], square.conj()[::2, 1].resolve_conj().contiguous(), True, "a strided conjugate"


def gradients():
    plain = torch.tensor([1.0, 2.0])
    leaf = plain.clone().requires_grad_()
    yield plain, leaf, False, "requires_grad"
    yield leaf, plain.clone().requires_grad_(), True, "equal leaves"
    yield leaf, nn.Parameter(plain.clone()), False, "a parameter is not a tensor"
    yield nn.Parameter(plain), nn.Parameter(plain.clone()), True, "equal parameters"
    yield nn.Parameter(plain), nn.Parameter(plain, requires_grad=False), False, "a parameter that is not trained"
    yield nn.Parameter(plain), nn.Parameter(plain + 1), False, "parameters differ"
    yield plain, leaf.detach(), True, "detached"
    graded = with_grad(plain, torch.tensor([1.0, 1.0]))
    yield leaf, graded, False, "a gradient"
    yield graded, with_grad(plain, torch.tensor([1.0, 1.0])), True, "equal gradients"
    yield graded, with_grad(plain, torch.tensor([1.0, 2.0])), False, "gradients differ"
    yield graded, with_grad(plain, torch.ones(4)[::2]), True, "the strides of a gradient"
    yield leaf, with_grad(plain, None), True, "no gradient"
    yield leaf, with_grad(plain, torch.zeros(2)), False, "a gradient of zero"
    used = plain.clone().requires_grad_()
    _unused = (used * 2).sum()
    yield leaf, used, True, "a leaf that was used"
    derived = leaf * 2
    yield derived, leaf * 2, True, "equal results"


def subclasses():
    plain = torch.tensor([1.0, 2.0])
    yield plain.as_subclass(Mine), plain, False, "a subclass"
    yield plain.as_subclass(Mine), plain.clone().as_subclass(Mine), True, "equal subclasses"
    yield plain.as_subclass(Mine), noted(plain.clone().as_subclass(Mine), unit="m"), False, "its attribute"
    one = noted(plain.clone().as_subclass(Mine), unit="m", scale=1)
    yield one, noted(plain.clone().as_subclass(Mine), scale=1, unit="m"), True, "the order of attributes"
    yield one, noted(plain.clone().as_subclass(Mine), unit="s", scale=1), False, "values of attributes"
    yield plain, noted(plain.clone(), unit="m"), False, "the attribute of a tensor"
    yield nn.Parameter(plain), noted(nn.Parameter(plain.clone()), unit="m"), False, "the attribute of a parameter"
    yield nn.Buffer(plain), nn.Buffer(plain.clone()), True, "buffers"
    yield nn.Buffer(plain), nn.Buffer(plain + 1), False, "buffers differ"


def sparse():
    dense = torch.tensor([[0.0, 1.0], [2.0, 0.0]])
    coo = dense.to_sparse()
    yield coo, dense.to_sparse(), True, "equal sparse tensors"
    yield coo, dense, False, "sparse is not dense"
    yield coo, dense.to_sparse_csr(), False, "COO is not CSR"
    yield quiet(dense.to_sparse_csr), quiet(dense.to_sparse_csc), False, "CSR is not CSC"
    yield quiet(dense.to_sparse_csr), quiet(dense.to_sparse_csr), True, "equal CSR"
    yield quiet(dense.to_sparse_csr), quiet((dense + dense).to_sparse_csr), False, "values of CSR"
    yield quiet(dense.to_sparse_csr), quiet(dense.t().to_sparse_csr), False, "places of CSR"
    wide = torch.zeros(4, 4)
    wide[0, 1] = 1
    yield quiet(lambda: wide.to_sparse_bsr((2, 2))), quiet(lambda: wide.to_sparse_bsr((2, 2))), True, "equal BSR"
    yield (
        quiet(lambda: wide.to_sparse_bsr((2, 2))),
        quiet(lambda: wide.to_sparse_bsr((1, 1))),
        False,
        "blocks of BSR",
    )
    yield (
        quiet(lambda: wide.to_sparse_bsc((2, 2))),
        quiet(lambda: wide.to_sparse_bsr((2, 2))),
        False,
        "BSC is not BSR",
    )
    places = torch.tensor([[0, 1], [1, 0]])
    built = torch.sparse_coo_tensor(places, [1.0, 2.0], (2, 2)).coalesce()
    yield coo, built, True, "built from its parts"
    turned = torch.sparse_coo_tensor(places.flip(1), [2.0, 1.0], (2, 2)).coalesce()
    yield coo, turned, True, "built from its parts in another order"
    yield coo, torch.sparse_coo_tensor(places, [1.0, 3.0], (2, 2)).coalesce(), False, "values of COO"
    yield coo, torch.sparse_coo_tensor(places, [1.0, 2.0], (2, 3)).coalesce(), False, "the shape of COO"
    yield (
        coo,
        torch.sparse_coo_tensor(places.flip(0), [2.0, 1.0], (2, 2)).coalesce(),
        True,
        "places in order of rows",
    )
    zero = torch.sparse_coo_tensor(torch.tensor([[0, 0, 1], [0, 1, 0]]), [0.0, 1.0, 2.0], (2, 2)).coalesce()
    yield coo, zero, False, "an explicit zero"
    yield coo, coo.double(), False, "the dtype of COO"
    hybrid = torch.zeros(2, 2, 3)
    hybrid[0, 1] = 1
    yield hybrid.to_sparse(2), hybrid.to_sparse(1), False, "how many dimensions are sparse"
    yield hybrid.to_sparse(2), hybrid.to_sparse(2), True, "a hybrid tensor"
    yield torch.sparse_coo_tensor(size=(2, 3)), torch.sparse_coo_tensor(size=(3, 2)), False, "empty sparse tensors"
    yield coo, coo.detach().clone().requires_grad_(), False, "requires_grad of COO"
    int32 = quiet(
        lambda: torch.sparse_csr_tensor(
            torch.tensor([0, 1], dtype=torch.int32), torch.tensor([0], dtype=torch.int32), [1.0], (1, 1)
        )
    )
    int64 = quiet(lambda: torch.sparse_csr_tensor(torch.tensor([0, 1]), torch.tensor([0]), [1.0], (1, 1)))
    yield int32, int64, False, "the dtype of the indices"


def other_layouts():
    floats = torch.tensor([0.0, 0.5, 1.0])
    one = quiet(lambda: torch.quantize_per_tensor(floats, 0.1, 0, torch.qint8))
    yield (
        one,
        quiet(lambda: torch.quantize_per_tensor(floats, 0.1, 0, torch.qint8)),
        True,
        "equal quantized tensors",
    )
    yield one, quiet(lambda: torch.quantize_per_tensor(floats * 2, 0.2, 0, torch.qint8)), False, "the scale"
    yield one, quiet(lambda: torch.quantize_per_tensor(floats - 0.1, 0.1, 1, torch.qint8)), False, "the zero point"
    yield one, quiet(lambda: torch.quantize_per_tensor(floats, 0.1, 0, torch.quint8)), False, "the quantized dtype"
    yield one, quiet(one.int_repr), False, "quantized is not its ints"
    table = torch.arange(6.0).view(2, 3)

    def channels(scales, axis=0):
        return quiet(
            lambda: torch.quantize_per_channel(
                table, torch.tensor(scales), torch.zeros(len(scales), dtype=torch.long), axis, torch.qint8
            )
        )

    yield channels([0.1, 0.2]), channels([0.1, 0.2]), True, "equal scales of channels"
    yield channels([0.1, 0.2]), channels([0.2, 0.1]), False, "scales of channels"
    yield channels([0.1] * 2), channels([0.1] * 3, 1), False, "the axis of channels"


def modules():
    net = Net()
    yield net, Net(), True, "equal modules"
    yield net, Net(seed=1), False, "parameters of a module"
    yield net, OtherNet(), False, "the class of a module"
    yield net, copy.deepcopy(net), True, "a copy of a module"
    yield net, copy.deepcopy(net).eval(), False, "the training flag"
    yield copy.deepcopy(net).eval(), copy.deepcopy(net).eval(), True, "two modules in evaluation"
    yield net, changed(net, width=4), False, "a plain attribute"
    yield net, changed(net, note=None), False, "a new attribute"
    counted = copy.deepcopy(net)
    counted.count += 1
    yield net, counted, False, "a buffer"
    frozen = copy.deepcopy(net)
    frozen.first.weight.requires_grad_(requires_grad=False)
    yield net, frozen, False, "a frozen parameter"
    evaluated = copy.deepcopy(net).eval()
    used = copy.deepcopy(evaluated)
    with torch.no_grad():
        used(torch.ones(4, 2))
    used.state_dict()
    list(used.parameters())
    yield evaluated, used, True, "a module that was used"
    run = copy.deepcopy(evaluated)
    run(torch.ones(4, 2))
    yield evaluated, run, True, "a module that was used with gradients on"
    trained = copy.deepcopy(evaluated)
    trained(torch.ones(4, 2)).sum().backward()
    yield evaluated, trained, False, "gradients of parameters"
    trained = copy.deepcopy(trained)
    trained.zero_grad(set_to_none=True)
    yield evaluated, trained, True, "gradients taken away"
    again = Net(seed=1)
    again.load_state_dict(net.state_dict())
    yield net, again, True, "a state that was loaded"
    statistics = copy.deepcopy(net)
    statistics(torch.arange(8.0).view(4, 2))
    yield net, statistics, False, "running statistics"
    yield net, net.state_dict(), False, "a module is not its state"
    yield net.state_dict(), Net().state_dict(), True, "equal states"
    yield net.state_dict(), Net(seed=1).state_dict(), False, "states differ"
    yield net, copy.deepcopy(net).to(torch.float64), False, "the dtype of parameters"
    shared = copy.deepcopy(net).share_memory()
    yield net, shared, True, "parameters in shared memory"
    transposed = copy.deepcopy(net)
    with torch.no_grad():
        transposed.first.weight = nn.Parameter(transposed.first.weight.t().contiguous().t())
    yield net, transposed, True, "the memory order of a parameter"
    yield nn.Linear(2, 1, bias=False).requires_grad_(), nn.Linear(1, 2, bias=False), False, "the shape of a module"
    one = nn.Sequential(nn.ReLU(), nn.Tanh())
    yield one, nn.Sequential(nn.ReLU(), nn.Tanh()), True, "equal sequences"
    yield one, nn.Sequential(nn.Tanh(), nn.ReLU()), False, "the order of modules"
    yield one, nn.Sequential(nn.ReLU(), nn.Tanh(), nn.Identity()), False, "a module more"
    yield one, nn.ModuleList([nn.ReLU(), nn.Tanh()]), False, "a list of modules"
    yield nn.ModuleDict({"a": nn.ReLU()}), nn.ModuleDict({"b": nn.ReLU()}), False, "names of modules"
    yield nn.Dropout(0.1), nn.Dropout(0.2), False, "parameters that are no tensors"
    yield nn.ReLU(), nn.ReLU(inplace=True), False, "flags of modules"
    yield nn.ReLU(), nn.GELU(), False, "classes of modules"
    yield nn.Softmax(0), nn.Softmax(1), False, "the dimension of a module"
    same = nn.ReLU()
    yield nn.Sequential(same, same), nn.Sequential(nn.ReLU(), nn.ReLU()), True, "one module twice"
    buffered, unsaved = nn.Module(), nn.Module()
    buffered.register_buffer("b", torch.zeros(1))
    unsaved.register_buffer("b", torch.zeros(1), persistent=False)
    yield buffered, unsaved, False, "a buffer that is not saved"
    held, bare = nn.Module(), nn.Module()
    held.register_parameter("p", None)
    yield held, bare, False, "a parameter that is None"
    yield changed(bare, a=1, b=2), changed(bare, b=2, a=1), True, "the order in which attributes were set"
    yield nn.ParameterList([torch.zeros(1)]), nn.ParameterList([torch.ones(1)]), False, "lists of parameters"
    yield nn.ParameterList([torch.zeros(1)]), nn.ParameterList([torch.zeros(1)]), True, "equal lists of parameters"
    torch.manual_seed(0)
    lstm = nn.LSTM(2, 2)
    yield lstm, copy.deepcopy(lstm), True, "a recurrent module"
    called = copy.deepcopy(lstm)
    called(torch.ones(1, 1, 2))
    yield lstm, called, True, "a recurrent module that was called"
    yield nn.CrossEntropyLoss(), nn.CrossEntropyLoss(label_smoothing=0.1), False, "losses"
    moved = copy.deepcopy(net).to("cpu")
    yield net, moved, True, "moved to where it was"


def odds_and_ends():
    yield torch.device("cpu"), torch.device("cpu"), True, "equal devices"
    yield torch.device("cpu"), torch.device("cuda"), False, "types of devices"
    yield torch.device("cuda:0"), torch.device("cuda:1"), False, "numbers of devices"
    yield torch.device("cpu"), "cpu", False, "a device is not its name"
    yield torch.Size([1, 2]), torch.Size([1, 2]), True, "equal sizes"
    yield torch.Size([1, 2]), torch.Size([2, 1]), False, "sizes"
    yield torch.Size([1, 2]), (1, 2), False, "a size is not a tuple"
    yield torch.zeros(1, 2).shape, torch.Size([1, 2]), True, "the shape of a tensor"
    yield torch.strided, torch.sparse_coo, False, "layouts"
    yield torch.contiguous_format, torch.channels_last, False, "memory formats"
    yield torch.strided, torch.strided, True, "equal layouts"
    yield torch.finfo(torch.float32), torch.finfo(torch.float64), False, "limits of floats"
    yield torch.iinfo(torch.int8), torch.iinfo(torch.int16), False, "limits of ints"
    yield torch.finfo(torch.float32), torch.finfo(torch.float32), True, "equal limits"
    one = torch.Generator().manual_seed(1)
    yield one, torch.Generator().manual_seed(1), True, "equal generators"
    yield one, torch.Generator().manual_seed(2), False, "seeds"
    drawn = torch.Generator().manual_seed(1)
    torch.rand(1, generator=drawn)
    yield one, drawn, False, "the state of a generator"
    yield (
        one,
        copy.deepcopy(one) if hasattr(one, "__deepcopy__") else one.clone_state(),
        True,
        "a copy of a generator",
    )
    yield torch.sin, torch.cos, False, "functions"
    yield torch.sin, torch.sin, True, "one function"
    yield torch.nn.functional.relu, torch.nn.functional.gelu, False, "functions of networks"
    yield nn.Linear, nn.Conv1d, False, "classes"
    untyped = torch.arange(3, dtype=torch.uint8).untyped_storage()
    yield untyped, torch.arange(3, dtype=torch.uint8).untyped_storage(), True, "equal storages"
    yield untyped, torch.arange(4, dtype=torch.uint8).untyped_storage(), False, "storages"
    data = torch.utils.data.TensorDataset(torch.arange(3), torch.arange(3))
    yield data, torch.utils.data.TensorDataset(torch.arange(3), torch.arange(3)), True, "data sets"
    yield data, torch.utils.data.TensorDataset(torch.arange(3), torch.arange(3) + 1), False, "data sets differ"
    yield torch.utils.data.Subset(data, [0]), torch.utils.data.Subset(data, [1]), False, "parts of data sets"
    normal = torch.distributions.Normal(0.0, 1.0)
    yield normal, torch.distributions.Normal(0.0, 1.0), True, "equal distributions"
    yield normal, torch.distributions.Normal(0.0, 2.0), False, "distributions"
    yield math.inf, torch.inf, True, "a number of torch's is a float"


def optimizers():
    def fresh(kind=torch.optim.SGD, steps=0, **options):
        weight = nn.Parameter(torch.tensor([1.0, 2.0]))
        optimizer = kind([weight], **{"lr": 0.1, **options})
        for _ in range(steps):
            optimizer.zero_grad()
            (weight**2).sum().backward()
            optimizer.step()
        return optimizer

    yield fresh(), fresh(), True, "equal optimizers"
    yield fresh(), fresh(lr=0.2), False, "the rate"
    yield fresh(), fresh(momentum=0.9), False, "an option of an optimizer"
    yield fresh(), fresh(torch.optim.Adam), False, "kinds of optimizers"
    yield fresh(torch.optim.Adam), fresh(torch.optim.Adam, 1), False, "the state of an optimizer"
    yield fresh(torch.optim.Adam, 2), fresh(torch.optim.Adam, 2), True, "equal states of optimizers"
    yield fresh(torch.optim.Adam, 2), fresh(torch.optim.Adam, 3), False, "states of optimizers"
    asked = fresh(torch.optim.Adam, 2)
    asked.state_dict()
    yield fresh(torch.optim.Adam, 2), asked, True, "an optimizer that was asked for its state"
    yield fresh().state_dict(), fresh().state_dict(), True, "equal dicts of state"
    scheduler = torch.optim.lr_scheduler.StepLR(fresh(), 2)
    yield (
        scheduler.state_dict(),
        torch.optim.lr_scheduler.StepLR(fresh(), 2).state_dict(),
        True,
        "states of schedulers",
    )


FAMILIES = (
    dtypes,
    contents,
    lazy_bits,
    gradients,
    subclasses,
    sparse,
    other_layouts,
    modules,
    odds_and_ends,
    optimizers,
)


def refused():
    """Yield what has no hash, and why."""
    yield torch.zeros(2, device="meta"), "a tensor without data"
    yield nn.Linear(2, 2, device="meta"), "a module without data"
    data = torch.utils.data.TensorDataset(torch.arange(3))
    yield iter(torch.utils.data.DataLoader(data)), "an iterator over a loader"


def doubtful():
    """Yield pairs on which opinions can differ, as they seem right."""
    places = torch.tensor([[0, 0], [1, 1]])
    apart = torch.sparse_coo_tensor(places, [1.0, 1.0], (2, 2))
    yield (
        apart,
        torch.sparse_coo_tensor(places[:, :1], [2.0], (2, 2)).coalesce(),
        False,
        "a sum that is not computed yet",
    )
    ready = torch.sparse_coo_tensor(torch.tensor([[0], [1]]), [2.0], (2, 2))
    yield ready, ready.coalesce(), True, "the flag that says nothing is to be summed"
    yield (
        Tied(tied=True),
        Tied(tied=False),
        True,
        "tied parameters (sharing is invisible, though training differs)",
    )
    net = nn.Linear(1, 1)
    torch.nn.init.ones_(net.weight)
    torch.nn.init.ones_(net.bias)
    yield torch._efficientzerotensor(3), torch.zeros(3), True, "zeros without memory"
    hooked = copy.deepcopy(net)
    hooked.register_forward_hook(print)
    yield net, hooked, False, "a hook of a module"
    unhooked = copy.deepcopy(net)
    unhooked.register_forward_hook(print).remove()
    yield net, unhooked, True, "a hook that was taken away"
    leaf = torch.ones(2, requires_grad=True)
    yield leaf * 2, (torch.ones(2) * 2).requires_grad_(), False, "a result is not a leaf (is_leaf changes .grad)"
    yield leaf * 2, leaf + 1, True, "results of different operations"
    data = torch.utils.data.TensorDataset(torch.arange(3))
    yield torch.utils.data.DataLoader(data), torch.utils.data.DataLoader(data), True, "loaders (equal or refused)"
    nested = quiet(lambda: torch.nested.nested_tensor([torch.ones(2), torch.ones(3)]))
    yield (
        nested,
        quiet(lambda: torch.nested.nested_tensor([torch.ones(2), torch.zeros(3)])),
        False,
        "nested tensors",
    )
    jagged = quiet(lambda: torch.nested.nested_tensor([torch.ones(2), torch.ones(3)], layout=torch.jagged))
    yield (
        jagged,
        quiet(lambda: torch.nested.nested_tensor([torch.ones(2), torch.zeros(3)], layout=torch.jagged)),
        False,
        "jagged tensors",
    )
    yield (
        torch.nn.utils.parametrizations.weight_norm(copy.deepcopy(net)),
        torch.nn.utils.parametrizations.weight_norm(copy.deepcopy(net)),
        True,
        "parametrized modules",
    )
    yield torch.device("cuda"), torch.device("cuda:0"), False, "a device with and without a number"
    zero_bias = copy.deepcopy(net)
    zero_bias.weight.grad = None
    yield net, zero_bias, True, "grad set to None"
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.ones(1))], lr=0.1)
    scheduled = torch.optim.SGD([torch.nn.Parameter(torch.ones(1))], lr=0.1)
    torch.optim.lr_scheduler.StepLR(scheduled, 2)
    yield optimizer, scheduled, False, "an optimizer with a scheduler (initial_lr; the patched step)"
    compiled = quiet(lambda: torch.jit.script(nn.Linear(1, 1)))
    yield compiled, compiled, True, "a scripted module (equal or refused)"


REFUSED = (refused,)
DOUBTFUL = (doubtful,)
