# The cases of meaning_rows.py: a layer as Weft writes it, its inputs, and the same in PyTorch.


class Batched(nn.Module):
    """A layer that wants a batch axis, on one sample."""
    def __init__(self, layer):
        super().__init__()
        self.layer = layer

    def forward(self, *tensors):
        out = self.layer(*[t[None] for t in tensors])
        return tuple(part[0] for part in out) if isinstance(out, tuple) else out[0]


class Of(nn.Module):
    """A function of tensors and of parameters of these shapes."""
    def __init__(self, function, is_table=False, **shapes):
        super().__init__()
        self.function, self.is_table = function, is_table
        for name, shape in shapes.items():
            setattr(self, name, nn.Parameter(torch.randn(shape)))

    def forward(self, *tensors):
        return self.function(*tensors, **dict(self.named_parameters()))


def ints(*shape, most):
    return ('int', list(shape), most)


def vector(layer, function, *shapes, scalar=True):
    for shape in shapes or ([5], [2, 3, 2]):
        case(layer, [shape], function, pointwise=function if scalar and shape is (shapes or ([5],))[0] else None)


# Activations
for name in ('ReLU', 'ReLU6', 'LeakyReLU', 'ELU', 'SELU', 'CELU', 'GELU', 'SiLU', 'Mish', 'Sigmoid', 'LogSigmoid', 'Tanh', 'Hardswish',
             'Hardsigmoid', 'Hardtanh', 'Softplus', 'Softsign', 'Identity'):
    for shape in ([5], [2, 3, 2]):
        case(name, [shape], getattr(nn, name)(), pointwise=getattr(nn, name)() if len(shape) == 1 else None)
for layer, function in (('LeakyReLU(negative_slope=-0.5)', nn.LeakyReLU(-0.5)), ('ELU(alpha=0.3)', nn.ELU(0.3)), ('ELU(alpha=-1.5)', nn.ELU(-1.5)),
                        ('CELU(alpha=2.0)', nn.CELU(2.0)), ('GELU(approximate="tanh")', nn.GELU(approximate='tanh')), ('Softplus(beta=-2.0)', nn.Softplus(-2.0)),
                        ('Hardtanh(min_val=-3, max_val=0.5)', nn.Hardtanh(-3, 0.5)), ('Softplus(beta=3.0)', nn.Softplus(3.0)),
                        ('Clamp(min=-2, max=3)', lambda x: x.clamp(-2, 3)), ('Clamp(min=1)', lambda x: x.clamp(min=1)), ('Clamp(max=-1)', lambda x: x.clamp(max=-1)),
                        ('Abs', torch.abs), ('Neg', torch.neg), ('Exp', torch.exp), ('Square', torch.square), ('Sin', torch.sin), ('Cos', torch.cos)):
    for shape in ([5], [2, 3, 2]):
        case(layer, [shape], function, pointwise=function if len(shape) == 1 else None)
# Where only positive numbers have a result, the rows stay there.
for layer, function in (('Log', torch.log), ('Sqrt', torch.sqrt)):
    positive = lambda x, f=function: f(x.abs() if x.requires_grad is None else torch.where(x > 0, x, -x))
    for shape in ([5], [2, 3, 2]):
        case(layer, [shape], function, positive=True, pointwise=function if len(shape) == 1 else None)
case('PReLU', [[3, 4]], nn.PReLU(), pointwise=Of(lambda x: torch.where(x > 0, x, -0.5 * x)))
case('PReLU(num_parameters=3)', [[3, 4]], Batched(nn.PReLU(3)), pointwise=Of(lambda x: torch.where(x > 0, x, 0.25 * x)))
for layer, function, shapes in (
        ('Softmax', lambda x: x.softmax(-1), ([4], [3, 4], [2, 3, 2])), ('Softmax(axis=0)', lambda x: x.softmax(0), ([3, 4], [2, 3, 2])),
        ('LogSoftmax', lambda x: x.log_softmax(-1), ([4], [3, 4])), ('LogSoftmax(axis=1)', lambda x: x.log_softmax(1), ([2, 3, 2],)),
        ('GLU', lambda x: F.glu(x, -1), ([6], [3, 4])), ('GLU(axis=0)', lambda x: F.glu(x, 0), ([4, 3, 2],)),
        ('Normalize', lambda x: F.normalize(x, dim=0), ([4], [3, 4])), ('Normalize(axis=-1, p=1)', lambda x: F.normalize(x, p=1, dim=-1), ([2, 3, 4],))):
    for shape in shapes:
        case(layer, [shape], function)

# Linear algebra
case('Linear(3)', [[4]], nn.Linear(4, 3))
case('Linear(5, bias=false)', [[3, 4]], nn.Linear(4, 5, bias=False))
case('Linear(3)', [[2, 3, 4]], nn.Linear(4, 3))
case('Bilinear(3)', [[4], [5]], nn.Bilinear(4, 5, 3))
case('Bilinear(2, bias=false)', [[3, 4], [3, 2]], nn.Bilinear(4, 2, 2, bias=False))
case('Embedding(6, 3)', [ints(4, most=6)], nn.Embedding(6, 3))
case('Embedding(5, 4)', [ints(2, 3, most=5)], nn.Embedding(5, 4))
nn.Embedding.is_table = True
for left, right in (([3, 4], [4, 2]), ([4], [4, 2]), ([3, 4], [4]), ([4], [4]), ([2, 3, 4], [2, 4, 3]), ([2, 3, 4], [4, 2]), ([3, 4], [2, 4, 5]), ([2, 1, 3, 4], [3, 4, 2])):
    case('MatMul', [left, right], torch.matmul)
case('Scale', [[3, 4]], Of(lambda x, weight: x * weight[:, None], weight=(3,)))
case('Scale(axis=-1, bias=true)', [[3, 2, 4]], Of(lambda x, weight, bias: x * weight + bias, weight=(4,), bias=(4,)))

# Convolutions
case('Conv1d(4, kernel=3)', [[2, 7]], nn.Conv1d(2, 4, 3))
case('Conv1d(4, kernel=3, pad=1, stride=2)', [[2, 8]], nn.Conv1d(2, 4, 3, 2, 1))
case('Conv1d(4, kernel=3, pad=2, dilation=2, groups=2, padding_mode="circular")', [[4, 6]], nn.Conv1d(4, 4, 3, 1, 2, 2, 2, padding_mode='circular'))
case('Conv1d(3, kernel=3, pad=1, padding_mode="reflect")', [[2, 5]], nn.Conv1d(2, 3, 3, 1, 1, padding_mode='reflect'))
case('Conv1d(3, kernel=5, pad=2, padding_mode="replicate")', [[2, 5]], nn.Conv1d(2, 3, 5, 1, 2, padding_mode='replicate'))
case('Conv1d(3, kernel=4, pad="same")', [[2, 6]], nn.Conv1d(2, 3, 4, padding='same'))
case('Conv2d(3, kernel=[2, 3], groups=3)', [[3, 4, 5]], nn.Conv2d(3, 3, (2, 3), groups=3))
case('Conv2d(2, kernel=3, pad=1, stride=2)', [[2, 5, 4]], nn.Conv2d(2, 2, 3, 2, 1))
case('Conv2d(4, kernel=2, groups=2)', [[4, 3, 3]], nn.Conv2d(4, 4, 2, groups=2))
case('Conv3d(2, kernel=2)', [[2, 3, 3, 2]], nn.Conv3d(2, 2, 2), vary=[0])
case('Conv3d(4, kernel=[1, 2, 2], groups=2, pad=[0, 1, 0])', [[2, 2, 2, 3]], nn.Conv3d(2, 4, (1, 2, 2), padding=(0, 1, 0), groups=2))
case('DepthwiseConv2d(3, pad=1)', [[3, 4, 4]], nn.Conv2d(3, 3, 3, padding=1, groups=3))
case('DepthwiseConv2d(2, multiplier=2)', [[2, 3, 4]], nn.Conv2d(2, 4, 2, groups=2))


def separable(padding):
    return Of(lambda x, depthwise_weight, pointwise_weight, bias: F.conv2d(
        F.conv2d(x, depthwise_weight, padding=padding, groups=2), pointwise_weight, bias), depthwise_weight=(4, 1, 3, 3), pointwise_weight=(3, 4, 1, 1), bias=(3,))


case('SeparableConv2d(3, kernel=3, multiplier=2)', [[2, 4, 5]], separable(0))
case('SeparableConv2d(3, kernel=3, multiplier=2, pad=1)', [[2, 4, 3]], separable(1))
case('ConvTranspose1d(3, kernel=3)', [[2, 4]], nn.ConvTranspose1d(2, 3, 3))
case('ConvTranspose1d(4, kernel=4, stride=2, pad=1, groups=2)', [[2, 5]], nn.ConvTranspose1d(2, 4, 4, 2, 1, groups=2))
case('ConvTranspose1d(3, kernel=1)', [[2, 4]], nn.ConvTranspose1d(2, 3, 1))
case('ConvTranspose2d(2, kernel=2, stride=2)', [[2, 3, 2]], nn.ConvTranspose2d(2, 2, 2, 2))
case('ConvTranspose2d(2, kernel=3, stride=2, pad=1, output_pad=1)', [[2, 2, 3]], nn.ConvTranspose2d(2, 2, 3, 2, 1, 1))
case('ConvTranspose3d(2, kernel=2)', [[2, 2, 2, 1]], nn.ConvTranspose3d(2, 2, 2))
case('ConvTranspose3d(2, kernel=[1, 3, 2], stride=[1, 2, 1], groups=2)', [[2, 2, 2, 2]], nn.ConvTranspose3d(2, 2, (1, 3, 2), (1, 2, 1), groups=2))
case('LocallyConnected1d(3, kernel=2)', [[2, 5]], Of(lambda x, weight, bias: torch.einsum('clk,oclk->ol', x.unfold(1, 2, 1), weight) + bias, weight=(3, 2, 4, 2), bias=(3, 4)))
case('LocallyConnected2d(2, kernel=2)', [[2, 3, 4]], Of(
    lambda x, weight, bias: torch.einsum('chwij,ochwij->ohw', x.unfold(1, 2, 1).unfold(2, 2, 1), weight) + bias, weight=(2, 2, 2, 3, 2, 2), bias=(2, 2, 3)))
case('Unfold(2)', [[2, 3, 4]], Batched(nn.Unfold(2)))
case('Unfold(2, stride=2, pad=1, dilation=2)', [[1, 4, 5]], Batched(nn.Unfold(2, 2, 1, 2)))
case('Unfold([1, 2])', [[2, 1, 3, 3]], nn.Unfold((1, 2)))
case('Fold([3, 4], kernel=2)', [[8, 6]], Batched(nn.Fold((3, 4), 2)))
case('Fold([4, 4], kernel=2, stride=2, pad=1)', [[4, 9]], Batched(nn.Fold((4, 4), 2, 1, 1, 2)))
case('Fold([4, 4], kernel=2, stride=2)', [[2, 4, 4]], nn.Fold((4, 4), 2, 1, 0, 2))

# Pools
for n, inputs in ((1, [[2, 7]]), (2, [[2, 4, 5]]), (3, [[1, 3, 4, 3]])):
    case(f'MaxPool{n}d(2)', inputs, getattr(nn, f'MaxPool{n}d')(2))
    case(f'AvgPool{n}d(2)', inputs, getattr(nn, f'AvgPool{n}d')(2))
    case(f'MaxPool{n}d(3, stride=1, pad=1)', inputs, getattr(nn, f'MaxPool{n}d')(3, 1, 1))
    case(f'AvgPool{n}d(3, stride=2, pad=1)', inputs, getattr(nn, f'AvgPool{n}d')(3, 2, 1))
    case(f'AvgPool{n}d(2, stride=2, pad=1, ceil_mode=true, count_include_pad=false)', inputs, getattr(nn, f'AvgPool{n}d')(2, 2, 1, True, False))
    size = [2, 3, 2][:n] if n > 1 else 3
    case(f'AdaptiveAvgPool{n}d({size})', inputs, getattr(nn, f'AdaptiveAvgPool{n}d')(size))
    case(f'AdaptiveMaxPool{n}d({size})', inputs, getattr(nn, f'AdaptiveMaxPool{n}d')(size))
    case(f'AdaptiveMaxPool{n}d(1)', inputs, getattr(nn, f'AdaptiveMaxPool{n}d')(1))
    case(f'AdaptiveAvgPool{n}d(1)', inputs, getattr(nn, f'AdaptiveAvgPool{n}d')(1))
for n, shape in ((1, [2, 2, 4]), (2, [2, 1, 2, 4]), (3, [2, 1, 2, 2, 2])):
    for name in ('MaxPool', 'AvgPool'):
        case(f'{name}{n}d(2)', [shape], getattr(nn, f'{name}{n}d')(2))
        case(f'Adaptive{name}{n}d(1)', [shape], getattr(nn, f'Adaptive{name}{n}d')(1))
case('MaxPool1d(2, dilation=2, stride=1)', [[2, 6]], nn.MaxPool1d(2, 1, dilation=2))
case('MaxPool2d([1, 3], ceil_mode=true)', [[2, 2, 5]], nn.MaxPool2d((1, 3), ceil_mode=True))
case('AvgPool1d(3, stride=2, pad=1, ceil_mode=true)', [[2, 6]], nn.AvgPool1d(3, 2, 1, True))
case('LpPool(2, kernel=2)', [[2, 5]], nn.LPPool1d(2, 2))
case('LpPool(4, kernel=[2, 1], stride=1)', [[2, 3, 3]], nn.LPPool2d(4, (2, 1), 1))
for inputs in ([[3, 4]], [[2, 3, 2]], [[2, 2, 2, 2]]):
    case('GlobalAvgPool', inputs, lambda x: x.flatten(1).mean(1))
    case('GlobalMaxPool', inputs, lambda x: x.flatten(1).amax(1))

# Norms, in use
trained = nn.BatchNorm1d(3)
plain = nn.BatchNorm2d(2, affine=False)
for norm in (trained, plain):
    norm.running_mean.normal_(), norm.running_var.uniform_(0.5, 2)
for layer, module, inputs in (('BatchNorm', trained, [[3, 4]]), ('BatchNorm', nn.BatchNorm2d(2), [[2, 2, 3]]), 
                              ('BatchNorm(affine=false)', plain, [[2, 2, 3]])):
    if module.affine:
        nn.init.uniform_(module.weight, 0.5, 2)
    case(layer, inputs, Batched(module), training=module, batch=True)


def scaled(module):
    for weight in module.parameters():
        nn.init.uniform_(weight, 0.5, 2)
    return module


case('InstanceNorm', [[2, 4]], nn.InstanceNorm1d(2))
case('InstanceNorm(affine=true)', [[2, 2, 3]], scaled(nn.InstanceNorm2d(2, affine=True)))
case('InstanceNorm(affine=true)', [[3, 4]], scaled(nn.InstanceNorm1d(3, affine=True)))
case('GroupNorm(2)', [[4, 3]], Batched(scaled(nn.GroupNorm(2, 4))))
case('GroupNorm(1)', [[3, 2, 2]], Batched(scaled(nn.GroupNorm(1, 3))))
case('GroupNorm(3)', [[3, 3]], Batched(scaled(nn.GroupNorm(3, 3))))
case('GroupNorm(2)', [[6]], Batched(scaled(nn.GroupNorm(2, 6))))
case('LocalResponseNorm(3)', [[5, 3]], Batched(nn.LocalResponseNorm(3, alpha=1.0)))
case('LocalResponseNorm(2)', [[4, 2, 2]], Batched(nn.LocalResponseNorm(2)))
case('LayerNorm', [[4]], scaled(nn.LayerNorm(4)))
case('LayerNorm', [[3, 4]], scaled(nn.LayerNorm(4)))
case('LayerNorm(normalized_shape=[3, 2])', [[2, 3, 2]], scaled(nn.LayerNorm((3, 2))))
case('LayerNorm(axis=0)', [[4, 2, 2]], Of(lambda x, weight: F.layer_norm(x.movedim(0, -1), (4,), weight).movedim(-1, 0), weight=(4,)))
case('RMSNorm', [[3, 4]], scaled(nn.RMSNorm(4)))
case('RMSNorm(normalized_shape=[3, 2])', [[2, 3, 2]], scaled(nn.RMSNorm((3, 2))))
case('RMSNorm(axis=0)', [[4, 3]], Of(lambda x, weight: F.rms_norm(x.movedim(0, -1), (4,), weight).movedim(-1, 0), weight=(4,)))

# Regularisation: in use nothing, in training something is dropped
for layer, module, inputs in (('Dropout(0.5)', nn.Dropout(0.5), [[3, 4, 5]]), ('Dropout1d(0.5)', nn.Dropout1d(0.5), [[6, 5]]), ('Dropout2d(0.5)', Batched(nn.Dropout2d(0.5)), [[6, 2, 3]]),
                              ('Dropout3d(0.5)', nn.Dropout3d(0.5), [[4, 2, 3, 2]]), ('AlphaDropout(0.5)', nn.AlphaDropout(0.5), [[4, 5]])):
    case(layer, inputs, module, pointwise=nn.Identity())


class DropPath(nn.Module):
    def forward(self, x):
        return x * (torch.rand(()) < 0.5) * 2 if self.training else x


case('DropPath(0.5)', [[3, 4]], DropPath(), pointwise=nn.Identity())

for layer, module, inputs in (('Dropout1d(0.5)', nn.Dropout1d(0.5), [[2, 6, 5]]), ('Dropout2d(0.5)', nn.Dropout2d(0.5), [[2, 6, 2, 3]]), ('Dropout3d(0.5)', nn.Dropout3d(0.5), [[2, 4, 2, 1, 2]])):
    case(layer, inputs, module, vary=[])

# Shape
for layer, function, shapes in (
        ('Permute([1, 2, 0])', lambda x: x.permute(1, 2, 0), ([2, 3, 4],)), ('Permute([1, 0])', lambda x: x.T, ([2, 3],)),
        ('Permute([-1, 0, 1])', lambda x: x.permute(2, 0, 1), ([3, 3, 2],)),
        ('Transpose(0, 1)', lambda x: x.transpose(0, 1), ([2, 3], [2, 3, 2])), ('Transpose(0, -1)', lambda x: x.transpose(0, -1), ([2, 3, 4], [3, 3])),
        ('Squeeze', lambda x: x.squeeze(), ([1, 3, 1, 2],)), ('Squeeze(axis=1)', lambda x: x.squeeze(1), ([2, 1, 1],)),
        ('Unsqueeze(axis=1)', lambda x: x.unsqueeze(1), ([2, 3],)), ('Unsqueeze(axis=-1)', lambda x: x.unsqueeze(-1), ([2, 3],)),
        ('Flatten', lambda x: x.flatten(), ([2, 3, 2], [4])), ('Flatten(start_axis=1)', lambda x: x.flatten(1), ([2, 3, 2],)),
        ('Unflatten(0, [2, 3])', lambda x: x.unflatten(0, (2, 3)), ([6, 2],)), ('Unflatten(-1, [3, -1])', lambda x: x.unflatten(-1, (3, -1)), ([2, 6],)),
        ('Reshape([8, 3])', lambda x: x.reshape(8, 3), ([6, 4],)), ('Reshape([3, 4])', lambda x: x.reshape(3, 4), ([2, 3, 2],)),
        ('Reshape([2, 2, 3, 2])', lambda x: x.reshape(2, 2, 3, 2), ([2, 6, 2],)), ('Reshape([3, 2, 4])', lambda x: x.reshape(3, 2, 4), ([2, 3, 4],)),
        ('Expand([4, 2, 3])', lambda x: x.expand(4, 2, 3), ([2, 3], [2, 1])), ('Expand([2, 3])', lambda x: x.expand(2, 3), ([2, 1], [1, 3], [2, 3])),
        ('Select(axis=1, index=2)', lambda x: x.select(1, 2), ([2, 4], [2, 3, 2])), ('Select(axis=0, index=-1)', lambda x: x.select(0, -1), ([3, 2],)),
        ('Slice(axis=0, start=1)', lambda x: x[1:], ([4, 2],)), ('Slice(axis=1, start=-3, stop=-1)', lambda x: x[:, -3:-1], ([2, 5],)),
        ('Slice(axis=0, start=1, step=2)', lambda x: x[1::2], ([6, 2], [5])),
        ('Gather(axis=1, indices=[2, 0, 0, -1])', lambda x: x[:, [2, 0, 0, -1]], ([2, 4], [2, 3, 2])), ('Gather(axis=0, indices=[1])', lambda x: x[[1]], ([3, 2],)),
        ('Gather(axis=0, indices=2)', lambda x: x[2], ([3, 2],)),
        ('Pad([1, 2])', lambda x: F.pad(x, (1, 2)), ([2, 3],)), ('Pad([0, 1, 2, -1], value=3)', lambda x: F.pad(x, (0, 1, 2, -1), value=3), ([2, 3, 2],)),
        ('Pad([2, 1], mode="reflect")', lambda x: F.pad(x, (2, 1), 'reflect'), ([2, 4],)), ('Pad([2, 1], mode="replicate")', lambda x: F.pad(x, (2, 1), 'replicate'), ([2, 3],)),
        ('Pad([1, 2], mode="circular")', lambda x: F.pad(x, (1, 2), 'circular'), ([2, 3],)), ('Pad(1)', lambda x: F.pad(x, (1, 1, 1, 1)), ([2, 2, 3],)),
        ('Roll(1, axis=0)', lambda x: x.roll(1, 0), ([4, 2],)), ('Roll([-1, 2], axis=[1, 0])', lambda x: x.roll((-1, 2), (1, 0)), ([3, 4],)), ('Roll(2)', lambda x: x.roll(2), ([2, 3],)),
        ('PixelShuffle(2)', lambda x: F.pixel_shuffle(x, 2), ([8, 2, 1], [2, 4, 1, 2])), ('PixelUnshuffle(2)', lambda x: F.pixel_unshuffle(x, 2), ([2, 4, 2], [1, 2, 6])),
        ('PixelShuffle(3)', lambda x: F.pixel_shuffle(x, 3), ([9, 1, 2],)),
        ('ChannelShuffle(2)', lambda x: x.unflatten(0, (2, -1)).transpose(0, 1).flatten(0, 1), ([6, 2], [4, 2, 1])),
        ('ChannelShuffle(3)', lambda x: x.unflatten(0, (3, -1)).transpose(0, 1).flatten(0, 1), ([6, 2],)),
        ('Mean', lambda x: x.mean(), ([2, 3],)), ('Mean(axis=0)', lambda x: x.mean(0), ([2, 3], [2, 2, 3])), ('Mean(axis=[0, -1], keepdim=true)', lambda x: x.mean((0, -1), True), ([2, 3, 2],)),
        ('Sum', lambda x: x.sum(), ([2, 3],)), ('Sum(axis=1)', lambda x: x.sum(1), ([2, 3], [2, 2, 3])), ('Sum(axis=[0, 1], keepdim=true)', lambda x: x.sum((0, 1), True), ([2, 3, 2],)),
        ('Max', lambda x: x.amax(), ([2, 3],)), ('Max(axis=1)', lambda x: x.amax(1), ([2, 3], [2, 3, 2])), ('Max(axis=[0, 1], keepdim=true)', lambda x: x.amax((0, 1), True), ([2, 3, 2],)),
        ('ArgMax(axis=-1)', lambda x: x.argmax(-1), ([4], [2, 12])), ('ArgMax(axis=0, keepdim=true)', lambda x: x.argmax(0, True), ([3, 2],)), ('ArgMax', lambda x: x.argmax(), ([2, 3],)),
        ('Split([1, 3], axis=0)', lambda x: x.split([1, 3]), ([4, 2],)), ('Split(2, axis=1)', lambda x: x.split(2, 1), ([2, 5],)),
        ('Chunk(3, axis=0)', lambda x: x.chunk(3), ([6, 2],)), ('Chunk(2, axis=-1)', lambda x: x.chunk(2, -1), ([2, 5],))):
    for shape in shapes:
        case(layer, [shape], function)
case('Gather(axis=0)', [[4, 3], ints(5, most=4)], lambda x, i: x[i])
case('Gather(axis=1)', [[2, 3, 2], ints(2, 2, most=3)], lambda x, i: x[:, i])
for shapes, axis in (([[2, 3], [1, 3], [2, 3]], 0), ([[2, 3], [2, 4]], 1), ([[2, 2, 1], [2, 2, 2]], -1)):
    case(f'Concat(axis={axis})', shapes, lambda *x, axis=axis: torch.cat(x, axis))
for shapes, axis in (([[2, 3], [2, 3], [2, 3]], 0), ([[2, 3], [2, 3]], -1), ([[4], [4]], 1)):
    case(f'Stack(axis={axis})', shapes, lambda *x, axis=axis: torch.stack(x, axis))
for arguments, settings, shapes in (
        ('scale_factor=2', dict(scale_factor=2), ([2, 3], [1, 2, 3])), ('scale_factor=2.5', dict(scale_factor=2.5), ([2, 3],)), ('size=4', dict(size=4), ([2, 6],)),
        ('scale_factor=2, mode="nearest-exact"', dict(scale_factor=2, mode='nearest-exact'), ([2, 3],)), ('size=3, mode="nearest-exact"', dict(size=3, mode='nearest-exact'), ([1, 5],)),
        ('scale_factor=2, mode="linear"', dict(scale_factor=2, mode='linear'), ([2, 3],)), ('size=4, mode="linear", align_corners=true', dict(size=4, mode='linear', align_corners=True), ([2, 3],)),
        ('size=3, mode="linear"', dict(size=3, mode='linear'), ([2, 5],)), ('scale_factor=[2, 1.5], mode="bilinear"', dict(scale_factor=[2, 1.5], mode='bilinear'), ([2, 2, 3],)),
        ('scale_factor=2, mode="bicubic"', dict(scale_factor=2, mode='bicubic'), ([1, 4, 5],)), ('size=3, mode="area"', dict(size=3, mode='area'), ([2, 5],)),
        ('size=[2, 3], mode="area"', dict(size=[2, 3], mode='area'), ([1, 4, 2],)), ('scale_factor=2, mode="trilinear"', dict(scale_factor=2, mode='trilinear'), ([1, 2, 2, 2],))):
    for shape in shapes:
        case(f'Upsample({arguments})', [shape], lambda x, settings=settings: F.interpolate(x[None], **settings)[0])

# Merging
for name, function in (('Add', lambda *x: sum(x[1:], x[0])), ('Mul', lambda *x: x[0] * x[1] if len(x) == 2 else x[0] * x[1] * x[2]),
                       ('Average', lambda *x: sum(x[1:], x[0]) / len(x)), ('Maximum', lambda *x: torch.maximum(x[0], x[1]) if len(x) == 2 else torch.maximum(torch.maximum(x[0], x[1]), x[2]))):
    for shapes in ([[2, 3], [2, 3]], [[2, 3], [3]], [[2, 1], [1, 3]], [[3], [2, 2, 3], [2, 1]], [[2, 3], [2, 3], [2, 3]]):
        case(name, shapes, function)
for layer, function in (('Mul(scalar=2)', lambda x: x * 2), ('Sub(scalar=2, reversed=true)', lambda x: 2 - x), ('Div(scalar=2)', lambda x: x / 2), ('Div(scalar=2, reversed=true)', lambda x: 2 / x)):
    case(layer, [[2, 3]], function)
for name, function in (('Sub', torch.sub), ('Div', torch.div)):
    for shapes in ([[2, 3], [2, 3]], [[2, 3], [3]], [[2, 1], [1, 3]], [[3], [2, 2, 3]]):
        case(name, shapes, function)

# Sequences
for name, module in (('RNN', nn.RNN), ('LSTM', nn.LSTM), ('GRU', nn.GRU)):
    states = lambda *shape: [list(shape)] * (2 if name == 'LSTM' else 1)
    run = lambda layer: Of_state(layer)

    class Of_state(nn.Module):
        def __init__(self, layer):
            super().__init__()
            self.layer = layer
            self.weight_ih_l0, self.hidden_size = None, layer.hidden_size

        def forward(self, x, *state):
            y, last = self.layer(x, (tuple(state) if len(state) > 1 else state[0]) if state else None)
            return (y, *last) if isinstance(last, tuple) else (y, last)
    case(f'{name}(3)', [[4, 2]], module(2, 3, batch_first=True))
    case(f'{name}(3)', [[4, 2]] + states(1, 3), Of_state(module(2, 3, batch_first=True)))
    case(f'{name}(2, layers=2)', [[3, 2]] + states(2, 2), Of_state(module(2, 2, 2, batch_first=True)), traits=False)
    case(f'{name}(2, bidirectional=true)', [[4, 3]] + states(2, 2), Of_state(module(3, 2, bidirectional=True, batch_first=True)), traits=False)
    case(f'{name}(2, layers=2, bidirectional=true)', [[3, 2]] + states(4, 2), Of_state(module(2, 2, 2, bidirectional=True, batch_first=True)), traits=False)
    case(f'{name}(3, layers=2, dropout=0.5)', [[4, 2]], module(2, 3, 2, dropout=0.5, batch_first=True), vary=[])
case('RNN(3, nonlinearity="relu")', [[4, 2]], nn.RNN(2, 3, nonlinearity='relu', batch_first=True))
projected = nn.LSTM(3, 4, proj_size=2, batch_first=True)
projected.weight_hr_l0.data *= 10
case('LSTM(4, proj_size=2)', [[4, 3]], projected)


class Attention(nn.Module):
    def __init__(self, layer, causal=False):
        super().__init__()
        self.layer, self.causal = layer, causal

    def forward(self, q, k=None, v=None, bias=None):
        k = q if k is None else k
        v = k if v is None else v
        closed = torch.ones(q.shape[0], k.shape[0]).triu(1) * -1e30 if self.causal else None
        added = bias if closed is None else closed if bias is None else closed + bias
        return self.layer(q, k, v, attn_mask=added, need_weights=False)[0]


case('MultiheadAttention(2)', [[3, 4]], Attention(nn.MultiheadAttention(4, 2, batch_first=True)))
case('MultiheadAttention(2, causal=true)', [[4, 2]], Attention(nn.MultiheadAttention(2, 2, batch_first=True), True))
case('MultiheadAttention(2)', [[3, 4], [2, 4]], Attention(nn.MultiheadAttention(4, 2, batch_first=True)))
case('MultiheadAttention(2, causal=true)', [[4, 4], [4, 4]], Attention(nn.MultiheadAttention(4, 2, batch_first=True), True))
case('MultiheadAttention(1)', [[3, 4], [2, 3], [2, 5]], Attention(nn.MultiheadAttention(4, 1, kdim=3, vdim=5, batch_first=True)))
case('MultiheadAttention(2)', [[3, 4], [2, 4], [2, 4], [2, 3, 2]], Attention(nn.MultiheadAttention(4, 2, batch_first=True)))
case('MultiheadAttention(2, dropout=0.5)', [[3, 4]], Attention(nn.MultiheadAttention(4, 2, dropout=0.5, batch_first=True)), vary=[])


def products(heads, kv_heads=None, causal=False, window=None):
    def run(q, k, v, bias=None):
        kv = kv_heads or heads
        split = lambda x, n: x.unflatten(-1, (n, -1)).transpose(-3, -2)
        q, k, v = split(q, heads), split(k, kv).repeat_interleave(heads // kv, -3), split(v, kv).repeat_interleave(heads // kv, -3)
        scores = q @ k.transpose(-1, -2) / q.shape[-1] ** 0.5
        i, j = torch.arange(scores.shape[-2])[:, None], torch.arange(scores.shape[-1])
        closed = torch.zeros(scores.shape[-2:], dtype=torch.bool)
        if causal:
            closed = closed | (j > i)
        if window:
            closed = closed | (i - j >= window) | ((j - i >= window) if not causal else closed)
        scores = scores + bias if bias is not None else scores
        return (scores.masked_fill(closed, -torch.inf).softmax(-1) @ v).transpose(-3, -2).flatten(-2)
    return run


SDPA = 'ScaledDotProductAttention'
case(SDPA, [[3, 4], [2, 4], [2, 3]], products(1))
case(f'{SDPA}(2)', [[3, 4], [2, 4], [2, 6]], products(2))
case(f'{SDPA}(4, kv_heads=2)', [[3, 4], [2, 2], [2, 2]], products(4, 2))
case(f'{SDPA}(2, causal=true)', [[4, 2], [4, 2], [4, 4]], products(2, causal=True))
case(f'{SDPA}(1, causal=true, window=2)', [[5, 2], [5, 2], [5, 2]], products(1, causal=True, window=2))
case(f'{SDPA}(2)', [[2, 3, 4], [2, 2, 4], [2, 2, 4]], products(2))
case(f'{SDPA}(2)', [[3, 4], [2, 4], [2, 4], [2, 3, 2]], products(2))
case(f'{SDPA}(2)', [[3, 4], [2, 4], [2, 4], [3, 2]], products(2), vary=[3])


class Layer(nn.Module):
    def __init__(self, layer, causal=False):
        super().__init__()
        self.layer, self.causal = layer, causal

    def forward(self, x, *memory):
        closed = torch.ones(x.shape[0], x.shape[0]).triu(1) * -1e30 if self.causal else None
        return self.layer(x, *memory, **({'tgt_mask': closed} if memory else {'src_mask': closed}))


case('TransformerEncoderLayer(2, hidden=5)', [[3, 4]], Layer(nn.TransformerEncoderLayer(4, 2, 5, 0, batch_first=True)))
case('TransformerEncoderLayer(2, hidden=5, causal=true)', [[4, 4]], Layer(nn.TransformerEncoderLayer(4, 2, 5, 0, batch_first=True), True), traits=False)
case('TransformerDecoderLayer(2, hidden=5)', [[3, 4], [2, 4]], Layer(nn.TransformerDecoderLayer(4, 2, 5, 0, batch_first=True)))
case('TransformerDecoderLayer(2, hidden=5, causal=true)', [[4, 4], [2, 4]], Layer(nn.TransformerDecoderLayer(4, 2, 5, 0, batch_first=True), True), traits=False)
case('TransformerEncoderLayer(2, hidden=5, dropout=0.5)', [[3, 4]], Layer(nn.TransformerEncoderLayer(4, 2, 5, 0.5, batch_first=True)), vary=[])
case('TransformerDecoderLayer(2, hidden=5, dropout=0.5)', [[3, 4], [2, 4]], Layer(nn.TransformerDecoderLayer(4, 2, 5, 0.5, batch_first=True)), vary=[])


def rotary(width):
    def run(x):
        positions, features = x.shape[-2:]
        angles = torch.arange(1, positions + 1)[:, None] * 10000 ** (-torch.arange(0, width, 2) / width)
        one, two = x.unflatten(-1, (-1, 2, width // 2)).unbind(-2)
        cos, sin = angles.cos()[:, None], angles.sin()[:, None]
        return torch.stack((one * cos - two * sin, two * cos + one * sin), -2).flatten(-3)
    return run


case('RotaryEmbedding(4)', [[3, 4]], rotary(4))
case('RotaryEmbedding(2)', [[2, 3, 4]], rotary(2))


def relative(x, memory=None, *, weight):
    t, s = x.shape[-2], (x if memory is None else memory).shape[-2]
    return weight[(torch.arange(t)[:, None] - torch.arange(s)).abs().clamp(max=3)].movedim(-1, 0) + 0 * x.sum() + 0 * (x if memory is None else memory).sum()


case('RelativePositionBias(2, buckets=4)', [[3, 4]], Of(relative, is_table=True, weight=(4, 2)))
case('RelativePositionBias(2, buckets=4)', [[3, 4], [2, 5]], Of(relative, is_table=True, weight=(4, 2)))


def sinusoidal(x):
    waves = x[..., None] * 10000 ** (-torch.arange(2) / 2)
    return torch.cat((waves.sin(), waves.cos()), -1)


case('SinusoidalEmbedding(4)', [[3]], sinusoidal)
case('SinusoidalEmbedding(4)', [[2, 3]], sinusoidal)


def mixture(x, scores, result):
    """Each expert weights what came out by a factor that it makes of all it was sent."""
    chosen = scores.softmax(-1)
    factors = torch.tanh(x.sum(-1, keepdim=True) * torch.arange(1, scores.shape[-1] + 1))
    return (chosen * factors).sum(-1, keepdim=True) * result


case('MixtureOfExperts(Linear(4), top_k=3)', [[2, 4], [2, 3], [2, 4]], mixture, sent=2)
case('MixtureOfExperts(Linear(3), top_k=4)', [[2, 2, 3], [2, 2, 4], [2, 2, 3]], mixture, sent=2)
