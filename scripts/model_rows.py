#!/usr/bin/env python3
"""Writes a row for each example that a framework has too, beyond the models of tests/reference: run by PyTorch.

    model_rows.py > tests/reference/more_models.csv

Needs torch, torchvision, timm and transformers. Weights are not initialised, since only their names and shapes are
asked for. `digest` is the 64-bit FNV-1a hash of one line a parameter, `name shape`, ties under each of their names,
sorted by bytes.
"""
import csv
import sys

import timm
import torch
import torchvision
import transformers
from torchvision.models import detection, segmentation

for name in [name for name in dir(torch.nn.init) if name.endswith("_") and not name.startswith("_")]:
    setattr(torch.nn.init, name, lambda tensor, *_, **__: tensor)
torch.Tensor.normal_ = torch.Tensor.uniform_ = lambda tensor, *_, **__: tensor


def of_torchvision(name):
    return lambda: torchvision.models.get_model(name, weights=None)


def of_timm(name):
    return lambda: timm.create_model(name, pretrained=False)


def segformer(widths, depths):
    config = transformers.SegformerConfig(hidden_sizes=widths, depths=depths, decoder_hidden_size=256, num_labels=150)
    return lambda: transformers.SegformerForSemanticSegmentation(config)


def whisper(width, depth, heads):
    config = transformers.WhisperConfig(
        d_model=width, encoder_layers=depth, decoder_layers=depth, encoder_attention_heads=heads,
        decoder_attention_heads=heads, encoder_ffn_dim=4 * width, decoder_ffn_dim=4 * width)
    return lambda: transformers.WhisperForConditionalGeneration(config)


def gpt2(width, depth, heads):
    return lambda: transformers.GPT2LMHeadModel(transformers.GPT2Config(n_embd=width, n_layer=depth, n_head=heads))


def t5_base():
    return transformers.T5ForConditionalGeneration(
        transformers.T5Config(d_model=768, d_ff=3072, num_layers=12, num_heads=12))


def deeplab():
    return segmentation.deeplabv3_resnet50(weights=None, weights_backbone=None)


def ssd():
    return detection.ssd300_vgg16(weights=None, weights_backbone=None)


MODELS = [
    ("torchvision", torchvision, [
        ("DenseNet169", of_torchvision("densenet169")), ("DenseNet201", of_torchvision("densenet201")),
        ("DenseNet161", of_torchvision("densenet161")), ("VGG13", of_torchvision("vgg13")),
        ("ResNeXt101", of_torchvision("resnext101_32x8d")), ("RegNetX1_6GF", of_torchvision("regnet_x_1_6gf")),
        ("EfficientNetB1", of_torchvision("efficientnet_b1")), ("EfficientNetB2", of_torchvision("efficientnet_b2")),
        ("ConvNeXtSmall", of_torchvision("convnext_small")), ("ConvNeXtBase", of_torchvision("convnext_base")),
        ("ConvNeXtLarge", of_torchvision("convnext_large")), ("SwinS", of_torchvision("swin_s")),
        ("SwinB", of_torchvision("swin_b")), ("ViTB32", of_torchvision("vit_b_32")),
        ("ViTL16", of_torchvision("vit_l_16")), ("MnasNet0_5", of_torchvision("mnasnet0_5")),
        ("ShuffleNetV2x1_5", of_torchvision("shufflenet_v2_x1_5")), ("DeepLabV3ResNet50", deeplab), ("SSD300", ssd)]),
    ("timm", timm, [
        ("ConvMixer1536x20", of_timm("convmixer_1536_20")), ("ConvMixer1024x20", of_timm("convmixer_1024_20_ks9_p14")),
        ("MixerS16", of_timm("mixer_s16_224")), ("MixerB16", of_timm("mixer_b16_224"))]),
    ("transformers", transformers, [
        ("SegFormerB0", segformer([32, 64, 160, 256], [2, 2, 2, 2])),
        ("SegFormerB1", segformer([64, 128, 320, 512], [2, 2, 2, 2])), ("WhisperTiny", whisper(384, 4, 6)),
        ("WhisperBase", whisper(512, 6, 8)), ("WhisperSmall", whisper(768, 12, 12)), ("GPT2Medium", gpt2(1024, 24, 16)),
        ("GPT2Large", gpt2(1280, 36, 20)), ("GPT2XL", gpt2(1600, 48, 25)), ("T5Base", t5_base)]),
]


def parameters(network):
    """Each parameter's names with its shape."""
    for path, module in network.named_modules(remove_duplicate=False):
        for name, parameter in module._parameters.items():
            if parameter is not None:
                yield f"{path}.{name}" if path else name, list(parameter.shape)


def digest(lines):
    value = 0xCBF29CE484222325
    for byte in "\n".join(sorted(lines)).encode():
        value = (value ^ byte) * 0x100000001B3 % 2**64
    return f"{value:016x}"


def main():
    rows = csv.writer(sys.stdout, lineterminator="\n")
    rows.writerow(["model", "framework", "parameters", "names", "digest"])
    for framework, module, models in MODELS:
        for name, build in models:
            network = build()
            lines = [f"{path} {shape}" for path, shape in parameters(network)]
            total = sum(parameter.numel() for parameter in network.parameters())
            rows.writerow([name, f"{framework} {module.__version__}", total, len(lines), digest(lines)])


main()
