#!/usr/bin/env python3
"""Writes rows of layer truth by running PyTorch: what tests/reference/layers.csv leaves out.

    layer_rows.py ROWS [SEED] > tests/reference/more_layers.csv

Columns and conventions are those of layers.csv: PyTorch's argument names, one sample's shapes, `dim` counting the
batch. Arguments are left out as often as they are given, so that defaults are compared too.
"""
import csv, json, random, sys
import torch
from torch import nn

torch.set_num_threads(1)
rows, seed = int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 1
rng = random.Random(seed)
pick, between = lambda *values: rng.choice(values), rng.randint


def per_axis(low, high, axes):
    return between(low, high) if rng.random() < 0.5 else [between(low, high) for _ in range(axes)]


def some(**arguments):
    """Each argument given or left out."""
    return {name: value for name, value in arguments.items() if rng.random() < 0.5}


def shape(least_rank, most_rank, high=6):
    return [between(1, high) for _ in range(between(least_rank, most_rank))]


def map_of(axes, channels=(1, 2, 4, 6, 8), high=14):
    return [pick(*channels)] + [between(1, high) for _ in range(axes)]


def convolution(axes):
    arguments = dict(out_channels=pick(1, 4, 6, 8), kernel_size=per_axis(1, 5, axes), **some(
        stride=per_axis(1, 3, axes), padding=pick(per_axis(0, 4, axes), per_axis(0, 4, axes), 'same', 'valid'),
        dilation=per_axis(1, 3, axes), groups=between(1, 4), bias=pick(True, False),
        padding_mode=pick('zeros', 'reflect', 'replicate', 'circular')))
    return arguments, [map_of(axes)]


def transposed(axes):
    arguments = dict(out_channels=pick(1, 4, 6), kernel_size=per_axis(1, 5, axes), **some(
        stride=per_axis(1, 3, axes), padding=per_axis(0, 3, axes), output_padding=per_axis(0, 2, axes),
        dilation=per_axis(1, 3, axes), groups=between(1, 3), bias=pick(True, False)))
    return arguments, [map_of(axes, high=7)]


def maxima(axes):
    return dict(kernel_size=per_axis(1, 5, axes), **some(
        stride=per_axis(1, 4, axes), padding=per_axis(0, 2, axes), dilation=per_axis(1, 3, axes),
        ceil_mode=pick(True, False))), [map_of(axes)]


def averages(axes):
    return dict(kernel_size=per_axis(1, 5, axes), **some(
        stride=per_axis(1, 4, axes), padding=per_axis(0, 2, axes), ceil_mode=pick(True, False),
        count_include_pad=pick(True, False))), [map_of(axes)]


def powers(axes):
    sizes = lambda high: between(1, high) if axes == 1 else per_axis(1, high, axes)
    return dict(norm_type=pick(1, 2, 3.0), kernel_size=sizes(5), **some(
        stride=sizes(4), ceil_mode=pick(True, False))), [map_of(axes)]


def adaptive(axes):
    return dict(output_size=per_axis(1, 6, axes)), [map_of(axes)]


def channel_norm(axes):
    return some(affine=pick(True, False), track_running_stats=pick(True, False), eps=1e-3, momentum=0.2), [map_of(axes, high=6)]


def layer_norm():
    extents = shape(1, 3)
    normalized = extents[-between(1, len(extents)):] if rng.random() < 0.8 else shape(1, 2)
    return dict(normalized_shape=normalized, **some(elementwise_affine=pick(True, False))), [extents]


def recurrence(**more):
    return dict(hidden_size=between(1, 9), batch_first=True, **some(
        num_layers=between(1, 3), bias=pick(True, False), bidirectional=pick(True, False), **more)), [shape(2, 2, 8)]


def attention():
    width, length, memory = pick(4, 6, 8, 12), between(1, 6), between(1, 6)
    arguments = dict(num_heads=between(1, 4), batch_first=True, **some(
        bias=pick(True, False), add_bias_kv=pick(True, False), add_zero_attn=pick(True, False)))
    keys, values = pick(width, 5), pick(width, 7)
    arguments |= dict(kdim=keys) if keys != width else {}
    arguments |= dict(vdim=values) if values != width else {}
    return arguments, [[length, width], [memory, keys], [memory, values]]


def transformer(memory):
    width = pick(4, 6, 8, 12)
    inputs = [[between(1, 5), width]] + [[between(1, 5), pick(width, width, width, 5)]] * memory
    return dict(nhead=between(1, 4), batch_first=True, **some(
        dim_feedforward=between(1, 20), norm_first=pick(True, False), activation=pick('relu', 'gelu'), dropout=0.2,
        layer_norm_eps=1e-3)), inputs


def resized():
    axes = between(1, 3)
    factor = lambda: pick(0.1, 0.3, 0.5, 1.3, 1.5, 2, 2.0, 2.7, 3)
    by = pick(dict(scale_factor=factor()), dict(scale_factor=[factor() for _ in range(axes)]), dict(size=per_axis(1, 9, axes)))
    mode = dict(mode=pick('nearest', 'nearest', 'linear', 'bilinear', 'bicubic', 'trilinear', 'area'))
    return by | mode | ({} if rng.random() < 0.8 else dict(align_corners=pick(True, False))), [map_of(axes, high=9)]


def padded():
    axes = between(1, 3)
    mode = pick('constant', 'reflect', 'replicate', 'circular')
    covered = between(1, axes) if mode == 'constant' else axes
    low = -2 if mode == 'constant' else 0
    return dict(pad=[between(low, 4) for _ in range(2 * covered)], mode=mode), [map_of(axes, high=6)]


def along(*axes, **more):
    """A layer along an axis that the batch is not."""
    extents = shape(1, 3)
    axis = pick(*axes)
    return dict(dim=axis if axis >= -len(extents) else -1, **more), [extents]


def pointwise(**arguments):
    return lambda: (some(**{name: pick(*values) for name, values in arguments.items()}), [shape(1, 4)])


def of_rank(axes, make):
    return lambda: make(axes)


KINDS = {
    **{f'Conv{n}d': of_rank(n, convolution) for n in (1, 2, 3)},
    **{f'ConvTranspose{n}d': of_rank(n, transposed) for n in (1, 2, 3)},
    **{f'MaxPool{n}d': of_rank(n, maxima) for n in (1, 2, 3)},
    **{f'AvgPool{n}d': of_rank(n, averages) for n in (1, 2, 3)},
    **{f'LPPool{n}d': of_rank(n, powers) for n in (1, 2)},
    **{f'Adaptive{what}Pool{n}d': of_rank(n, adaptive) for what in ('Avg', 'Max') for n in (1, 2, 3)},
    **{f'{what}Norm{n}d': of_rank(n, channel_norm) for what in ('Batch', 'Instance') for n in (1, 2, 3)},
    'LayerNorm': layer_norm,
    'GroupNorm': lambda: (dict(num_groups=between(1, 5), **some(affine=pick(True, False))), [map_of(between(0, 3))]),
    'LocalResponseNorm': lambda: (dict(size=between(1, 5), **some(alpha=0.1, beta=0.5, k=2.0)), [shape(2, 4)]),
    'RNN': lambda: recurrence(nonlinearity=pick('tanh', 'relu')),
    'LSTM': lambda: recurrence(proj_size=between(0, 9)),
    'GRU': recurrence,
    'MultiheadAttention': attention,
    'TransformerEncoderLayer': lambda: transformer(0),
    'TransformerDecoderLayer': lambda: transformer(1),
    'Upsample': resized,
    'Pad': padded,
    'Softmax': lambda: along(1, 2, 3, -1, -2, -3),
    'LogSoftmax': lambda: along(1, 2, 3, -1, -2, -3),
    'GLU': lambda: along(1, 2, -1, -2),
    'Embedding': lambda: (dict(num_embeddings=between(1, 9), embedding_dim=between(1, 5), **some(padding_idx=between(-10, 10))), [shape(0, 2)]),
    'Bilinear': lambda: (dict(out_features=between(1, 5), **some(bias=False)), [[2, between(1, 5)], [pick(2, 2, 2, 3), between(1, 5)]]),
    **{f'Dropout{n}d': (lambda n=n: (dict(p=pick(0.2, 0, 1, 1.5)), [shape(n + 1, n + 1)])) for n in (1, 2, 3)},
    'PReLU': lambda: (dict(num_parameters=between(1, 4), **some(init=0.1)), [shape(1, 3)]),
    'ReLU6': pointwise(), 'SELU': pointwise(), 'Mish': pointwise(), 'Hardswish': pointwise(), 'Softsign': pointwise(),
    'LeakyReLU': pointwise(negative_slope=(0.1, 0.2)), 'ELU': pointwise(alpha=(0.5, 2)), 'CELU': pointwise(alpha=(0.5, 0)),
    'GELU': pointwise(approximate=('none', 'tanh')), 'Softplus': pointwise(beta=(1, 2), threshold=(10,)),
    'Hardtanh': pointwise(min_val=(-2, 1.5), max_val=(0, 2)),
}

# What PyTorch has one write and Weft infers.
INFERRED = [('ConvTranspose', lambda shapes: shapes[0][:1]), ('Conv', lambda shapes: shapes[0][:1]),
            ('BatchNorm', lambda shapes: shapes[0][:1]), ('InstanceNorm', lambda shapes: shapes[0][:1]),
            ('Bilinear', lambda shapes: [shapes[0][-1], shapes[1][-1]]),
            *((kind, lambda shapes: shapes[0][-1:]) for kind in ('RNN', 'LSTM', 'GRU', 'Multihead', 'Transformer'))]


def module(kind, arguments, shapes):
    arguments = {name: tuple(value) if isinstance(value, list) else value for name, value in arguments.items()}
    if kind == 'Pad':
        return lambda x: nn.functional.pad(x, arguments['pad'], arguments['mode'])
    if kind == 'GroupNorm':
        arguments['num_channels'] = shapes[0][0]
    first = next((inferred(shapes) for name, inferred in INFERRED if kind.startswith(name)), [])
    return getattr(nn, kind)(*first, **arguments)


def tensors(result):
    return [result] if isinstance(result, torch.Tensor) else [t for part in result or [] for t in tensors(part)]


def row(kind):
    arguments, shapes = KINDS[kind]()
    found = dict(kind=kind, arguments=json.dumps(arguments), input_shapes=json.dumps(shapes))
    try:
        layer = module(kind, arguments, shapes)
        parameters = list(layer.parameters()) if isinstance(layer, nn.Module) else []
        buffers = list(layer.named_buffers()) if isinstance(layer, nn.Module) else []
        if isinstance(layer, nn.Module) and 'Norm' in kind:
            layer.eval()  # One value is not normalised in training.
        dtype = torch.long if kind == 'Embedding' else torch.float
        with torch.no_grad():
            outputs = tensors(layer(*(torch.zeros([1] + extents, dtype=dtype) for extents in shapes)))
        found |= dict(output_shapes=json.dumps([list(output.shape)[1:] for output in outputs[:1]]),
                      parameters=sum(p.numel() for p in parameters),
                      buffers=sum(b.numel() for name, b in buffers if 'tracked' not in name))
    except Exception as error:
        found |= dict(refused=' '.join(str(error).split())[:120] or type(error).__name__)
    return found


columns = ['kind', 'arguments', 'input_shapes', 'output_shapes', 'parameters', 'buffers', 'macs', 'refused']
table = csv.DictWriter(sys.stdout, columns, restval='', lineterminator='\n')
table.writeheader()
kinds = list(KINDS)
table.writerows(row(kinds[i % len(kinds)]) for i in range(rows))
