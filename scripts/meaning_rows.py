#!/usr/bin/env python3
"""Writes what layers mean, by running PyTorch: what tests/reference/meaning.jsonl leaves out.

    meaning_rows.py > tests/reference/more_meaning.jsonl

One row a case, one input and one result of it; tests/reference/README.md says what the fields mean. A layer that
PyTorch lacks is composed of its functions here, from the formula of the paper or framework that the catalogue cites.
"""
import itertools, json, sys
import torch
import torch.nn.functional as F
from torch import nn
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.utils._python_dispatch import TorchDispatchMode

torch.set_default_dtype(torch.float64)
torch.set_num_threads(1)
torch.manual_seed(7)
CASES = []
TRIALS = 4


def case(layer, inputs, torch_layer, **more):
    """A layer as Weft writes it, the shapes of its inputs (`int` before those of indices), and the same in PyTorch."""
    CASES.append(dict(layer=layer, inputs=inputs, torch=torch_layer, **more))


def random(shape, scale=1.0):
    if isinstance(shape, tuple):  # ("int", shape, most)
        return torch.randint(0, shape[2], shape[1])
    scale *= random.scale
    return torch.randn(shape) * scale if not random.positive else torch.rand(shape) * scale + 1e-4


def results(layer, tensors, training=False):
    if isinstance(layer, nn.Module):
        layer.train(training)
    with sdpa_kernel(SDPBackend.MATH):
        out = layer(*tensors)
    flat = []
    for part in out if isinstance(out, (tuple, list)) else [out]:
        flat.extend(part if isinstance(part, (tuple, list)) else [part])
    return flat


def mask(row):
    return '%x' % sum(1 << i for i, bit in enumerate(row) if bit)


random.positive, random.scale = False, 1


def jacobian(f, x):
    y = f(x)
    return torch.autograd.functional.jacobian(f, x).reshape(y.numel(), x.numel())


def facts(case, inputs, at, output, training):
    layer = case['torch']
    tensors = lambda: [random(shape) for shape in inputs]
    shape = results(layer, tensors(), training)[output].shape
    if isinstance(inputs[at], tuple):
        return integer_facts(case, inputs, at, output)
    reads, jacobians, shifted = torch.zeros(shape.numel(), torch.tensor(inputs[at]).prod().long() if inputs[at] else 1, dtype=torch.bool), [], []
    others = tensors()

    def run(x, rest):
        return results(layer, rest[:at] + [x] + rest[at + 1:], training)[output]
    differentiable = run(others[at], others).is_floating_point()
    for trial in range(TRIALS):
        rest = tensors()
        x = random(inputs[at])
        if differentiable:
            one = jacobian(lambda x: run(x, rest), x)
            reads |= one.abs() > 1e-9
            jacobians.append((one, jacobian(lambda x: run(x, rest), random(inputs[at])), jacobian(lambda x: run(x, others), x)))
        else:
            base = run(x, rest).flatten()
            for i in range(x.numel()):
                for by in (-50.0, 50.0):
                    y = x.clone()
                    y.view(-1)[i] += by
                    reads[:, i] |= run(y, rest).flatten() != base
    row = dict(reads=[mask(r) for r in reads.tolist()])
    if differentiable:
        own = max((a - b).abs().max().item() if a.numel() else 0 for a, b, _ in jacobians) < 1e-7
        all_others = max((a - c).abs().max().item() if a.numel() else 0 for a, _, c in jacobians) < 1e-7
        one = jacobians[0][0]
        moves = ((one == 0) | (one == 1)).all() and (one != 0).sum(1).max() <= 1
        if not (own and all_others):
            # What a maximum or a bend reads shows at some inputs only.
            for trial in range(60):
                rest = tensors()
                reads |= jacobian(lambda x: run(x, rest), random(inputs[at])).abs() > 1e-9
            row['reads'] = [mask(r) for r in reads.tolist()]
        row['jacobian'] = 'varies' if not own else 'others' if not all_others else 'moves' if moves else 'constant'
    row['shifts'] = shifts(run, tensors, inputs[at], at, shape, differentiable)
    return row


def shifts(run, tensors, own, at, shape, differentiable):
    found = {}
    for n in range(1, len(own) + 1):
        for axes in itertools.combinations(range(len(own)), n):
            changes = []
            for trial in range(TRIALS):
                t = random([1 if a in axes else extent for a, extent in enumerate(own)]).expand(own)
                rest = tensors()
                each = []
                for _ in range(3 if differentiable else 12):
                    x = random(own)
                    scale = 1 if differentiable else 3
                    each.append((run(x + t * scale, rest) - run(x, rest)).to(torch.float64))
                changes.append(each)
            every = [c for each in changes for c in each]
            if max((c.abs().max().item() for c in every), default=0) < 1e-7:
                found[','.join(map(str, axes))] = 'none'
                continue
            fixed = all((each[0] - c).abs().max() < 1e-7 for each in changes for c in each)
            constant = [a for a in range(len(shape)) if all((c - c.narrow(a, 0, 1)).abs().max() < 1e-7 for c in every)]
            found[','.join(map(str, axes))] = dict(constant=constant, fixed=fixed)
    return found


def integer_facts(case, inputs, at, output):
    """An input of indices: which results change when one of them does."""
    layer, most = case['torch'], inputs[at][2]
    reads = None
    for _ in range(TRIALS):
        tensors = [random(shape) for shape in inputs]
        base = results(layer, tensors)[output].flatten()
        reads = torch.zeros(base.numel(), tensors[at].numel(), dtype=torch.bool) if reads is None else reads
        for i in range(tensors[at].numel()):
            for value in range(most):
                other = list(tensors)
                other[at] = tensors[at].clone()
                other[at].view(-1)[i] = value
                reads[:, i] |= results(layer, other)[output].flatten() != base
    return dict(reads=[mask(r) for r in reads.tolist()], jacobian='indexes')


class Operations(TorchDispatchMode):
    def __init__(self):
        super().__init__()
        self.seen = set()

    def __torch_dispatch__(self, function, types, args=(), kwargs=None):
        self.seen.add(function.overloadpacket.__name__)
        return function(*args, **(kwargs or {}))


def traits(case, inputs):
    """What is true of the layer as a whole, by its first input and its first result."""
    layer = case['torch']
    tensors = [random(shape) for shape in inputs]
    row = {}
    parameters = dict(layer.named_parameters()) if isinstance(layer, nn.Module) else case.get('parameters', {})
    if not isinstance(inputs[0], tuple):
        row['keeps'] = kept(layer, tensors, parameters)
    wide = []
    for scale in (0.001, 0.3, 1, 5, 30, 3000):
        for _ in range(40):
            wide.append(results(layer, [random(shape, scale if not isinstance(shape, tuple) else 1) for shape in inputs])[0].to(torch.float64))
    row['range'] = [max(-1e300, min(w.min().item() for w in wide)), min(1e300, max(w.max().item() for w in wide))]
    row['weights'], row['first'] = weighting(layer, tensors, parameters)
    row['training'] = training(case, inputs)
    with Operations() as seen:
        with torch.no_grad():
            results(layer, tensors)
    if 'bmm' in seen.seen and seen.seen & {'_softmax', '_safe_softmax'}:
        row['inside'] = 'transformer' if 'native_layer_norm' in seen.seen else 'attention' if parameters else 'products'
    elif isinstance(getattr(layer, 'layer', layer), nn.RNNBase):
        cell = getattr(layer, 'layer', layer)
        row['inside'] = cell.weight_ih_l0.shape[0] // cell.hidden_size
    else:
        row['inside'] = 'plain'
    if case.get('pointwise'):
        x = torch.linspace(0.125 if random.positive else -5, 6.5, 93)
        row['points'] = [[a, b] for a, b in zip(x.tolist(), case['pointwise'](x).tolist())]
    return row


def kept(layer, tensors, parameters):
    for p in parameters.values():
        p.requires_grad_(False)
    inputs = [t.clone().requires_grad_(True) if t.is_floating_point() else t for t in tensors]
    saved = []
    with torch.autograd.graph.saved_tensors_hooks(lambda t: saved.append(t.data_ptr()) or t, lambda t: t):
        out = results(layer, inputs, True)[0]
    for p in parameters.values():
        p.requires_grad_(True)
    of_input = any(t.data_ptr() in saved for t in inputs)
    of_output = out.data_ptr() in saved and not any(t.data_ptr() == out.data_ptr() for t in inputs)
    return {(False, False): 'nothing', (True, False): 'input', (False, True): 'output', (True, True): 'both'}[of_input, of_output]


def weighting(layer, tensors, parameters):
    if not parameters:
        return 'none', []
    names, values = list(parameters), [p.detach() for p in parameters.values()]

    def run(*values):
        return torch.func.functional_call(layer, dict(zip(names, values)), tuple(tensors)) if isinstance(layer, nn.Module) else layer.with_(values, *tensors)

    def first_result(*values):
        out = run(*values)
        return out[0] if isinstance(out, (tuple, list)) else out
    layer.eval() if isinstance(layer, nn.Module) else None
    one, two = ([torch.randn_like(v) for v in values] for _ in range(2))
    zero = [torch.zeros_like(v) for v in values]
    together = first_result(*[a + b for a, b in zip(one, two)]) + first_result(*zero)
    linear = (together - first_result(*one) - first_result(*two)).abs().max() < 1e-7
    if not linear:
        return 'several', meeting(layer, tensors, parameters)
    largest = max(range(len(values)), key=lambda i: values[i].numel() * 10 - i)
    around = lambda w: first_result(*[w if i == largest else v for i, v in enumerate(values)])
    j = torch.autograd.functional.jacobian(around, values[largest])
    j = j.reshape(-1, values[largest].numel())
    used = j.abs() > 1e-12
    if used.sum(1).max() <= 1:
        return ('table' if ((j == 0) | (j == 1)).all() and not isinstance(tensors[0].sum().item(), float) or case_is_table(layer) else 'scale'), []
    return ('product' if used.sum(0).max() > 1 else 'local'), []


def case_is_table(layer):
    return getattr(layer, 'is_table', False)


def meeting(layer, tensors, parameters):
    """The parameters that meet what the layer is sent and nothing else, by the graph of gradients."""
    inputs = [t.clone().requires_grad_(True) if t.is_floating_point() else t for t in tensors]
    out = results(layer, inputs)[0]
    names = {id(p): name for name, p in parameters.items()}
    ids = {id(t) for t in inputs}
    views = ('View', 'Transpose', 'TBackward', 'Unsqueeze', 'Squeeze', 'Expand', 'Permute', 'Split', 'Slice', 'Select', 'Clone', 'Unbind')

    def leaves(node):
        if node is None:
            return set()
        if hasattr(node, 'variable'):
            return {id(node.variable)}
        if any(word in node.name() for word in views):
            return set().union(*(leaves(child) for child, _ in node.next_functions))
        return set()
    met, inside, seen, waiting = set(), set(), set(), [out.grad_fn]
    while waiting:
        node = waiting.pop()
        if node is None or node in seen:
            continue
        seen.add(node)
        children = [leaves(child) for child, _ in node.next_functions]
        everything = set().union(*children) if children else set()
        if not any(word in node.name() for word in views):
            found = {names[i] for i in everything if i in names and parameters[names[i]].dim() > 1}
            met, inside = (met | found, inside) if everything & ids else (met, inside | found)
        waiting.extend(child for child, _ in node.next_functions)
    return sorted(name.removeprefix('layer.') for name in met - inside)


def training(case, inputs):
    layer = case.get('training', case['torch'])
    if not isinstance(layer, nn.Module):
        return 'same'
    tensors = [random(shape) for shape in inputs]
    if case.get('batch'):
        tensors = [torch.stack([t, torch.randn_like(t), torch.randn_like(t)]) for t in tensors]
    in_use = results(layer, tensors, False)[0]
    runs = [results(layer, tensors, True)[0] for _ in range(12)]
    if all(torch.equal(runs[0], run) for run in runs):
        return 'same' if torch.allclose(runs[0], in_use) else 'measures'
    if in_use.shape != tensors[0].shape or not torch.equal(in_use, tensors[0]):
        return 'inside'
    axes = set(range(tensors[0].dim()))
    for _ in range(30):
        x = tensors[0].clone().requires_grad_(True)
        results(layer, [x], True)[0].sum().backward()
        dropped = x.grad == 0
        axes &= {a for a in axes if (dropped == dropped.narrow(a, 0, 1)).all()}
    every = set(range(case.get('batch', 0) and 1, tensors[0].dim()))
    return 'samples' if every <= axes else f'channels {tensors[0].dim() - len(axes) - 1}' if tensors[0].dim() - 1 in axes else 'entries'


def rows():
    for case in CASES:
        inputs = case['inputs']
        random.positive, random.scale = case.get('positive', False), 3 if 'pointwise' in case else 1
        probe = results(case['torch'], [random(shape) for shape in inputs], case.get('trained', False))
        plain = [list(shape[1]) if isinstance(shape, tuple) else shape for shape in inputs]
        head = dict(layer=case['layer'], inputs=plain[:case.get('sent')], **({'results': len(probe)} if len(probe) > 1 else {}))
        if any(isinstance(shape, tuple) for shape in inputs):
            head['integers'] = [i for i, shape in enumerate(inputs) if isinstance(shape, tuple)]
        if case.get('vary') == []:
            yield dict(head, training=training(case, inputs))
        for at in case.get('vary', range(len(inputs))):
            for output in case.get('results', range(len(probe))):
                row = dict(head, input=at, result=output, output=list(probe[output].shape))
                try:
                    row.update(facts(case, inputs, at, output, case.get('trained', False)))
                except Exception as error:
                    raise RuntimeError(f'{case["layer"]}: input {at}, result {output}') from error
                if case.get('trained'):
                    row['trained'] = True
                if at == 0 and output == 0 and not case.get('trained') and case.get('traits', True):
                    row.update(traits(case, inputs))
                yield row


exec(open(sys.path[0] + '/meaning_cases.py').read())
for row in rows():
    print(json.dumps(row, separators=(',', ':')))
