#!/usr/bin/python3
"""Cases resampled by PyTorch and scaled by NumPy, for tests/data/test-prepare.c.

    make_prepare_reference.py OUT.npz

Growing is F.interpolate's bilinear and trilinear with align_corners=False; shrinking is its mode "area" where the
factor is whole, and the integral over each new sample's interval, computed here in double, where it is not.
"""
import sys

import numpy as np
import torch
import torch.nn.functional as F


def overlaps(old, new):
    """[new, old]: the share of each old sample in each new one."""
    edges = np.arange(new + 1) * (old / new)
    low = np.maximum(edges[:-1, None], np.arange(old)[None, :])
    high = np.minimum(edges[1:, None], np.arange(old)[None, :] + 1)
    return np.maximum(high - low, 0) / (old / new)


def main(out):
    rng = np.random.default_rng(7)
    image = rng.integers(0, 256, (1, 12, 9), dtype=np.uint8)
    colour = rng.integers(0, 256, (3, 6, 8), dtype=np.uint8)
    volume = rng.normal(100, 40, (1, 4, 6, 5)).astype(np.float32)
    t = lambda a: torch.tensor(a).float()[None]
    arrays = {
        'image': image, 'colour': colour, 'volume': volume,
        'image_grown': F.interpolate(t(image), (17, 20), mode='bilinear', align_corners=False, antialias=False)[0].numpy(),
        'image_shrunk': F.interpolate(t(image), (4, 3), mode='area')[0].numpy(),
        'image_mixed': np.einsum('ay,yx->ax', overlaps(12, 5),
                                 F.interpolate(t(image), (12, 14), mode='bilinear', align_corners=False)[0, 0].double().numpy())[None].astype(np.float32),
        'colour_shrunk': np.einsum('ay,cyx,bx->cab', overlaps(6, 4), colour.astype(float), overlaps(8, 3)).astype(np.float32),
        'volume_grown': F.interpolate(t(volume), (7, 9, 8), mode='trilinear', align_corners=False)[0].numpy(),
        'volume_shrunk': F.interpolate(t(volume), (2, 2, 1), mode='area')[0].numpy(),
        'volume_zscore': ((volume.astype(float) - volume.astype(float).mean()) / volume.astype(float).std()).astype(np.float32),
    }
    low, high = np.percentile(volume.astype(float), [5, 90])
    arrays['volume_percentile'] = np.clip((volume.astype(float) - low) / (high - low), 0, 1).astype(np.float32)
    np.savez(out, **arrays)


if __name__ == '__main__':
    main(sys.argv[1])
