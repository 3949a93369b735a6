"""Files written by NumPy, nibabel and Pillow, and what these libraries read from them.

usage: io_files.py FOLDER

tests/io/test-reference.c runs this at test time and compares our readers with it; it exits with 77 where a library
is missing. For every file F of FOLDER/index.txt ("kind F" a line) there is F.expected.npy, and for volumes also
F.affine.npy, F.ras.npy and F.ras_affine.npy (nibabel's closest canonical orientation).
"""
import os
import sys

try:
    import nibabel as nib
    import numpy as np
    from PIL import Image
except ImportError as missing:
    print(missing)
    sys.exit(77)

folder = sys.argv[1]
rng = np.random.default_rng(7)
index = []


def path(name):
    return os.path.join(folder, name)


def keep(kind, name, values):
    index.append(f"{kind} {name}")
    np.save(path(name + ".expected.npy"), np.asarray(values, order="C"))


def numbers(dtype, shape):
    dtype = np.dtype(dtype)
    if dtype.kind == "b":
        return rng.random(shape) < 0.5
    if dtype.kind == "f":
        return (rng.standard_normal(shape) * 30).astype(dtype)
    info = np.iinfo(dtype)
    values = rng.integers(info.min, info.max, size=shape, dtype=dtype.newbyteorder("="), endpoint=True)
    return values.astype(dtype)


# npy and npz ---------------------------------------------------------------------------------------------------------

NPY_TYPES = ["f2", "f4", "f8", "i1", "u1", "i2", "u2", "i4", "u4", "i8", "u8", "?"]
arrays = {}
for n, name in enumerate(NPY_TYPES):
    for order in "<>":
        for fortran in (False, True):
            values = numbers(order + name if name != "?" else "?", [(), (7,), (3, 5), (17, 2, 19), (2, 3, 4, 5)][(n + fortran) % 5])
            values = np.asfortranarray(values) if fortran else values
            file = f"{'le' if order == '<' else 'be'}-{name.replace('?', 'bool')}-{'f' if fortran else 'c'}.npy"
            native = values.astype(np.float32 if name == "f2" else values.dtype.newbyteorder("="))
            np.save(path(file), values)
            keep("npy", file, native)
            arrays[file[:-4]] = (values, native)
for version in ((2, 0), (3, 0)):
    file = f"version-{version[0]}.npy"
    with open(path(file), "wb") as stream:
        np.lib.format.write_array(stream, arrays["le-f4-c"][0], version=version)
    keep("npy", file, arrays["le-f4-c"][1])
for file, save in (("stored.npz", np.savez), ("packed.npz", np.savez_compressed)):
    save(path(file), **{name: values for name, (values, _) in arrays.items()})
    index.append(f"npz {file}")
    for name, (_, native) in arrays.items():
        np.save(path(f"{file}.{name}.npy"), np.asarray(native, order="C"))

# NIfTI ---------------------------------------------------------------------------------------------------------------


def affine_for(letters, spacing=(1.0, 1.5, 2.0), tilt=0.0, origin=(-11.0, 23.0, 5.0)):
    axes = {"R": (0, 1), "L": (0, -1), "A": (1, 1), "P": (1, -1), "S": (2, 1), "I": (2, -1)}
    matrix = np.zeros((4, 4))
    for n, letter in enumerate(letters):
        axis, sign = axes[letter]
        matrix[axis, n] = sign * spacing[n]
    c, s = np.cos(tilt), np.sin(tilt)
    turn = np.eye(4)
    turn[:2, :2] = [[c, -s], [s, c]]
    matrix = turn @ matrix
    matrix[:3, 3] = origin
    matrix[3, 3] = 1
    return matrix


def keep_volume(name, image):
    nib.save(image, path(name))
    image = nib.load(path(name))
    values = np.asarray(image.dataobj).astype(np.float32)
    values = values.reshape(tuple(values.shape) + (1,) * (3 - values.ndim))[..., 0] if values.ndim > 3 else \
        values.reshape(tuple(values.shape) + (1,) * (3 - values.ndim))
    keep("nifti", name, values)
    np.save(path(name + ".affine.npy"), image.affine)
    canonical = nib.as_closest_canonical(nib.Nifti1Image(values, image.affine))
    np.save(path(name + ".ras.npy"), np.ascontiguousarray(canonical.get_fdata(dtype=np.float32)))
    np.save(path(name + ".ras_affine.npy"), canonical.affine)


SHAPE = (5, 18, 33)
NIFTI_TYPES = ["u1", "i1", "i2", "u2", "i4", "u4", "i8", "u8", "f4", "f8"]
for cls, number in ((nib.Nifti1Image, 1), (nib.Nifti2Image, 2)):
    for n, name in enumerate(NIFTI_TYPES):
        for order in "<>":
            header = cls.header_class(endianness=order)
            header.set_data_dtype(name)
            image = cls(numbers(name, SHAPE), affine_for("RAS"), header)
            end = ".nii.gz" if n % 2 else ".nii"
            keep_volume(f"n{number}-{'le' if order == '<' else 'be'}-{name}{end}", image)
for letters in ("RAS", "LAS", "LPI", "LIA", "PSR", "SRA", "AIL", "IPR"):
    image = nib.Nifti1Image(numbers("i2", SHAPE), affine_for(letters, tilt=0.2))
    keep_volume(f"axes-{letters}.nii.gz", image)

# Only a qform; only a spacing is left out, because nibabel centres such a volume and flips it.
image = nib.Nifti1Image(numbers("f4", SHAPE), None)
image.set_qform(affine_for("LIA", tilt=0.3), code=1)
image.set_sform(None, code=0)
keep_volume("qform.nii", image)
image = nib.Nifti1Image(numbers("f4", SHAPE), None)
image.set_qform(affine_for("LIA"), code=1)
image.set_sform(affine_for("RAS"), code=3)
keep_volume("both.nii", image)

for name, slope, inter in (("scaled", 0.25, -7.0), ("slope-0", 0.0, 5.0), ("slope-nan", float("nan"), 5.0)):
    image = nib.Nifti1Image(numbers("i2", SHAPE), affine_for("RAS"))
    nib.save(image, path(name + ".nii"))
    data = bytearray(open(path(name + ".nii"), "rb").read())
    data[112:120] = np.array([slope, inter], "<f4").tobytes()
    open(path(name + ".nii"), "wb").write(data)
    image = nib.load(path(name + ".nii"))
    keep("nifti", name + ".nii", np.asarray(image.dataobj).astype(np.float32))
    np.save(path(name + ".nii.affine.npy"), image.affine)

keep_volume("pair.img", nib.Nifti1Pair(numbers("i2", SHAPE), affine_for("LPS")))
keep_volume("pair-gz.img.gz", nib.Nifti2Pair(numbers("f4", SHAPE), affine_for("LPS")))
keep_volume("four.nii", nib.Nifti1Image(numbers("i2", SHAPE + (1,)), affine_for("RAS")))
keep_volume("plane.nii", nib.Nifti1Image(numbers("i2", SHAPE[:2]), affine_for("RAS")))
image = nib.Nifti1Image(numbers("i2", SHAPE), affine_for("RAS"))
image.header.extensions.append(nib.nifti1.Nifti1Extension("comment", b"some words before the voxels" * 9))
keep_volume("extension.nii.gz", image)

# PNG -----------------------------------------------------------------------------------------------------------------

for mode, channels in (("L", 1), ("LA", 2), ("RGB", 3), ("RGBA", 4)):
    values = rng.integers(0, 256, size=(13, 21, channels), dtype=np.uint8)
    Image.fromarray(values[..., 0] if channels == 1 else values, mode).save(path(f"{mode}.png"))
    keep("png", f"{mode}.png", values)
values = rng.integers(0, 65536, size=(13, 21), dtype=np.uint16)
Image.fromarray(values).save(path("grey16.png"))
keep("png", "grey16.png", values[..., None])
values = rng.integers(0, 2, size=(13, 21), dtype=np.uint8)
Image.fromarray(values * 255).convert("1").save(path("one-bit.png"))
keep("png", "one-bit.png", values[..., None] * 255)
for n_colours, bits in ((2, 1), (4, 2), (16, 4), (200, 8)):
    palette = rng.integers(0, 256, size=(n_colours, 3), dtype=np.uint8)
    values = rng.integers(0, n_colours, size=(13, 21), dtype=np.uint8)
    image = Image.fromarray(values, "P")
    image.putpalette(palette.tobytes())
    image.save(path(f"palette{bits}.png"), bits=bits)
    keep("png", f"palette{bits}.png", palette[values])
    alpha = rng.integers(0, 256, size=n_colours, dtype=np.uint8)
    image.save(path(f"palette{bits}-clear.png"), bits=bits, transparency=alpha.tobytes())
    keep("png", f"palette{bits}-clear.png", np.concatenate([palette[values], alpha[values][..., None]], axis=-1))

with open(path("index.txt"), "w") as stream:
    stream.write("\n".join(index) + "\n")
