#!/usr/bin/env python3
"""Seeds for the fuzz targets: small valid files of every form, and the lies that were thought of.

usage: make-corpus.py [FOLDER]      (default: corpus beside this script; needs nothing but Python)

The same run gives the same bytes. Files named crash-* and found-* are found, not made, and stay as they are.
"""
import gzip
import io
import json
import os
import struct
import sys
import zipfile
import zlib

ROOT = sys.argv[1] if len(sys.argv) > 1 else os.path.join(os.path.dirname(os.path.abspath(__file__)), "corpus")


def keep(target, name, data):
    folder = os.path.join(ROOT, target)
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, name), "wb") as stream:
        stream.write(data)


def pack_gzip(data):
    return gzip.compress(data, 9, mtime=0)


# NIfTI ---------------------------------------------------------------------------------------------------------------


def nifti_1(order="<", dim=(3, 2, 3, 4), datatype=4, bitpix=16, sform=1, qform=0, slope=0.0, inter=0.0, magic=b"n+1\0",
            offset=352.0):
    dims = list(dim) + [1] * (8 - len(dim))
    header = bytearray(352)
    struct.pack_into(order + "i", header, 0, 348)
    struct.pack_into(order + "8h", header, 40, *dims)
    struct.pack_into(order + "2h", header, 70, datatype, bitpix)
    struct.pack_into(order + "8f", header, 76, -1, 1, 2, 3, 0, 0, 0, 0)
    struct.pack_into(order + "3f", header, 108, offset, slope, inter)
    struct.pack_into(order + "2h", header, 252, qform, sform)
    struct.pack_into(order + "6f", header, 256, 0, 0, 1, 5, 6, 7)
    struct.pack_into(order + "12f", header, 280, -1, 0, 0, 9, 0, 2, 0, 8, 0, 0, 3, 7)
    header[344:348] = magic
    return bytes(header)


def nifti_2(order="<", dim=(3, 2, 3, 4), datatype=16, bitpix=32, sform=0, qform=1, offset=544):
    dims = list(dim) + [1] * (8 - len(dim))
    header = bytearray(544)
    struct.pack_into(order + "i", header, 0, 540)
    header[4:12] = b"n+2\0\r\n\032\n"
    struct.pack_into(order + "2h", header, 12, datatype, bitpix)
    struct.pack_into(order + "8q", header, 16, *dims)
    struct.pack_into(order + "8d", header, 104, 1, 1, 2, 3, 0, 0, 0, 0)
    struct.pack_into(order + "q", header, 168, offset)
    struct.pack_into(order + "2i", header, 344, qform, sform)
    struct.pack_into(order + "6d", header, 352, 0, 0.7071067811865476, -0.7071067811865476, 5, 6, 7)
    return bytes(header)


VOXELS = bytes(i * 7 % 256 for i in range(24 * 8))
keep("nifti", "one-le", nifti_1() + VOXELS[:48])
keep("nifti", "one-be-both-forms", nifti_1(">", qform=1) + VOXELS[:48])
keep("nifti", "two-le", nifti_2() + VOXELS[:96])
keep("nifti", "two-be", nifti_2(">") + VOXELS[:96])
keep("nifti", "gzip", pack_gzip(nifti_1() + VOXELS[:48]))
keep("nifti", "gzip-members", pack_gzip(nifti_1()) + pack_gzip(VOXELS[:48]) + bytes(16))
keep("nifti", "scaled", nifti_1(slope=0.5, inter=-3) + VOXELS[:48])
keep("nifti", "spacing-only", nifti_1(sform=0) + VOXELS[:48])
keep("nifti", "extension", nifti_1(offset=384) + bytes(32) + VOXELS[:48])
for code, bits in ((2, 8), (8, 32), (16, 32), (64, 64), (256, 8), (512, 16), (768, 32), (1024, 64), (1280, 64)):
    keep("nifti", f"type-{code}", nifti_1(datatype=code, bitpix=bits) + VOXELS[:24 * bits // 8])
keep("nifti", "lie-dim-200", nifti_2(dim=(200, 2, 3, 4)).ljust(800, b"\0"))
keep("nifti", "lie-huge", nifti_2(dim=(3, 1 << 40, 1 << 40, 1 << 40)) + VOXELS)
keep("nifti", "lie-large-gzip", pack_gzip(nifti_1(dim=(3, 1000, 1000, 1000)) + VOXELS))
keep("nifti", "lie-pair", nifti_1(magic=b"ni1\0") + VOXELS[:48])
keep("nifti", "lie-complex", nifti_1(datatype=32, bitpix=64) + VOXELS)
keep("nifti", "cut", nifti_1() + VOXELS[:47])
keep("nifti", "cut-gzip", pack_gzip(nifti_1() + VOXELS[:48])[:-20])

# npy and npz ---------------------------------------------------------------------------------------------------------


def npy(descr, shape, fortran=False, version=1, data=b""):
    text = "{'descr': %s, 'fortran_order': %s, 'shape': %s, }\n" % (descr, fortran, shape)
    length = struct.pack("<H" if version == 1 else "<I", len(text))
    return b"\x93NUMPY" + bytes([version, 0]) + length + text.encode() + data


for kind, size in (("f2", 2), ("f4", 4), ("f8", 8), ("i1", 1), ("u1", 1), ("i2", 2), ("u4", 4), ("i8", 8), ("b1", 1)):
    for order in "<>":
        keep("npy", f"{'le' if order == '<' else 'be'}-{kind}", npy(f"'{order}{kind}'", (2, 3), data=VOXELS[:6 * size]))
keep("npy", "fortran", npy("'<i2'", (2, 3, 2), fortran=True, version=2, data=VOXELS[:24]))
keep("npy", "scalar", npy("'<f8'", (), version=3, data=VOXELS[:8]))
keep("npy", "empty", npy("'<f8'", (0, 5)))
keep("npy", "lie-object", npy("'|O'", (2,), data=VOXELS[:16]))
keep("npy", "lie-record", npy("[('a', '<f4'), ('b', '<i4')]", (2,), data=VOXELS[:16]))
keep("npy", "lie-huge", npy("'<f8'", (1 << 62, 0, 1 << 62)))
keep("npy", "lie-large", npy("'<f8'", (1 << 40,), data=VOXELS))


def npz(entries, method):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, data in entries:
            archive.writestr(zipfile.ZipInfo(name), data, method)
    return out.getvalue()


ENTRIES = [("a.npy", npy("'<f4'", (2, 3), data=VOXELS[:24])), ("b/c.npy", npy("'|u1'", (5,), data=VOXELS[:5])), ("text", b"x")]
keep("npz", "stored", npz(ENTRIES, zipfile.ZIP_STORED))
keep("npz", "packed", npz(ENTRIES, zipfile.ZIP_DEFLATED))
keep("npz", "twice", npz([ENTRIES[0]], zipfile.ZIP_STORED)[:-22] + npz(ENTRIES[:2], zipfile.ZIP_DEFLATED))
keep("npz", "strings", npz([("ids.npy", npy("'<U3'", (2,), data="ab\0c\0\0".encode("utf-32-le"))),
                            ("names.npy", npy("'|S4'", (2,), data=b"ab\0\0cdef")),
                            ("lie.npy", npy("'|S0'", (1 << 60,)))], zipfile.ZIP_STORED))
keep("npz", "empty", b"PK\5\6" + bytes(18))
keep("npz", "lie-bzip2", npz(ENTRIES[:1], zipfile.ZIP_BZIP2))
keep("npz", "lie-bomb", npz([("a.npy", npy("'|u1'", (50000,), data=bytes(50000)))], zipfile.ZIP_DEFLATED).replace(
    struct.pack("<I", len(npy("'|u1'", (50000,))) + 50000), struct.pack("<I", 0x7fffffff)))

# Outputs ---------------------------------------------------------------------------------------------------------------


def floats(*values):
    return struct.pack("<%df" % len(values), *values)


def outputs(**arrays):
    return npz([(f"{name}.npy", data) for name, data in arrays.items()], zipfile.ZIP_STORED)


LABELS = npy("'<i8'", (3,), data=struct.pack("<3q", 0, 1, -1))
LOGITS = npy("'<f4'", (2, 3, 2), data=floats(1, 0, 0, 2, 1, 1, 3, 0, -1, 1, 0, 0))
keep("outputs", "logits.npz", outputs(
    logits=LOGITS, labels=LABELS, features=npy("'<f4'", (2, 3, 1), data=floats(1, 2, 3, 4, 5, 6)),
    ids=npy("'<U2'", (3,), data="a\0b\0cd".encode("utf-32-le")), split=npy("'|S5'", (3,), data=b"traintest\0val\0\0"),
    fold=npy("'<i8'", (3,), data=struct.pack("<3q", 1, -1, -1)), patient=npy("'|S1'", (3,), data=b"x\0x"),
    classes=npy("'|S1'", (2,), data=b"no"), models=npy("'|S1'", (2,), data=b"mn"), family=npy("'|S2'", (1,), data=b"ce"),
    model_fold=npy("'|i1'", (2,), data=b"\0\1"), positive=npy("'|u1'", (1,), data=b"\1")))
keep("outputs", "probabilities.npz", outputs(
    p=npy("'<f8'", (3, 2), data=struct.pack("<6d", 1, 0, .5, .5, .25, .75)), y_true=npy("'<f4'", (3, 1), data=floats(0, 1, 1))))
keep("outputs", "one.npz", outputs(probs=npy("'<f4'", (3,), data=floats(0, .5, 1)), labels=LABELS))
keep("outputs", "lie-labels.npz", outputs(logits=LOGITS, labels=npy("'<f8'", (3,), data=struct.pack("<3d", 0, 1e300, .5))))
keep("outputs", "lie-both.npz", outputs(logits=LOGITS, labels=LABELS, probabilities=npy("'<f4'", (3, 2), data=floats(*[.5] * 6))))
keep("outputs", "lie-shape.npz", outputs(logits=npy("'<f4'", (1 << 40, 0, 2)), labels=LABELS))
keep("outputs", "table.csv", b"id,label,split,fold,patient,p_0,p_1\na,0,train,1,x,.5,.5\nb,1,test,-1,,0,1\n")
keep("outputs", "names.csv", b"label;logit_yes;logit_no\nyes;1;2\nno;-1e3;0\nn/a;0;0\n")
keep("outputs", "one.tsv", b"y\tscore\n1\t0.5\n0\t1\n")
keep("outputs", "lie-number.csv", b"label,p_0,p_1\n0,nan,1\n")
keep("outputs", "lie-class.csv", b"label,p_0,p_18446744073709551615\n0,0,1\n")
keep("outputs", "lie-empty.csv", b"label,p_0,p_1\n")
keep("outputs", "lie-confidence.csv", b"true_label,pred_label,confidence\n1,1,0.9\n")

keep("predictions", "logits.npz", outputs(logits=LOGITS, labels=LABELS))
keep("predictions", "regression.npz", outputs(truth=npy("'<f8'", (3,), data=struct.pack("<3d", 1, 2, 3)),
                                              mean=npy("'<f8'", (3,), data=struct.pack("<3d", 1, 2, 2)),
                                              sd=npy("'<f4'", (3,), data=floats(1, .5, 1))))
keep("predictions", "lie-regression.npz", outputs(truth=npy("'<f4'", (3,), data=floats(1, 2, 3)), sd=npy("'<f4'", (2,), data=floats(1, 0)),
                                                  mean=npy("'<f4'", (3,), data=floats(1, 2, 2))))
keep("predictions", "table.csv", b"id,label,patient,p_0,p_1\na,0,x,.5,.5\nb,1,,0,1\nc,-1,x,0,1\n")
keep("predictions", "top.csv", b"true_label,pred_label,confidence,patient\n1,1.0,0.9,a\n2,1,1,\nn/a,1,0,a\n")
keep("predictions", "correct.tsv", b"id\tcorrect\tconfidence\na\tTrue\t0.5\nb\t0\t1\n")
keep("predictions", "regression.csv", b"id;truth;mean;sd\na;1;2;0.5\nb;-1e3;0;1e-3\n")
keep("predictions", "lie-confidence.csv", b"true_label,pred_label,confidence\n1,1,90\n")
keep("predictions", "lie-answer.csv", b"true_label,pred_label,confidence\n1,,.9\n")
keep("predictions", "lie-sd.csv", b"truth,mean,sd\n1,1,0\n")
keep("predictions", "lie-far.csv", b"truth,mean,sd\n1e308,-1e308,1e-308\n")
keep("predictions", "lie-columns.csv", b"a,b\n1,2\n")
keep("predictions", "lie-unlabelled.csv", b"label,p_0,p_1\n-1,0,1\n")

# Data sets of MedMNIST's form ------------------------------------------------------------------------------------------


def image_set(*parts, method=zipfile.ZIP_DEFLATED):
    return npz([(f"{name}.npy", data) for part in parts for name, data in part], method)


def image_part(prefix, shape=(2, 3, 4), labels=(0, 1), kind="'|u1'", size=1, **keywords):
    n = size
    for extent in shape:
        n *= extent
    return [(f"{prefix}images", npy(kind, shape, data=(VOXELS * 40)[:n], **keywords)),
            (f"{prefix}labels", npy("'|u1'", (len(labels), 1), data=bytes(labels)))]


keep("dataset", "grey", image_set(image_part("train_"), image_part("val_"), image_part("test_")))
keep("dataset", "stored", image_set(image_part("train_"), method=zipfile.ZIP_STORED))
keep("dataset", "colour", image_set(image_part("train_", (2, 3, 4, 3)), image_part("test_", (2, 3, 4, 3))))
keep("dataset", "volumes", image_set(image_part("", (2, 2, 3, 4))))
keep("dataset", "wide", image_set(image_part("test_", kind="'>u2'", size=2)))
keep("dataset", "half", image_set(image_part("test_", kind="'<f2'", size=2)))
keep("dataset", "fortran", image_set(image_part("train_", fortran=True)))
keep("dataset", "lie-labels", image_set(image_part("train_", labels=(0, 255))))
keep("dataset", "lie-fewer", image_set(image_part("train_", labels=(0,))))
keep("dataset", "lie-half", image_set(image_part("train_")[:1]))
keep("dataset", "lie-mixed", image_set(image_part("train_"), image_part("test_", (2, 3, 4, 3))))
keep("dataset", "lie-flat", image_set(image_part("train_", (2, 12))))
keep("dataset", "lie-none", image_set(image_part("train_", (0, 3, 4), labels=())))
keep("dataset", "lie-huge", image_set([("images", npy("'|u1'", (1 << 20, 1 << 20, 2), data=VOXELS)),
                                       ("labels", npy("'|u1'", (1,), data=b"0"))]))

# PNG -----------------------------------------------------------------------------------------------------------------


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width, height, depth, colour, rows, extra=b"", interlace=0):
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">2I5B", width, height, depth, colour, 0, 0, interlace)) + extra +
            chunk(b"IDAT", zlib.compress(rows, 9)) + chunk(b"IEND", b""))


PALETTE = chunk(b"PLTE", bytes(range(48)))
for depth, colour, samples in ((1, 0, 1), (2, 0, 1), (4, 0, 1), (8, 0, 1), (16, 0, 1), (8, 2, 3), (16, 2, 3), (1, 3, 1), (2, 3, 1),
                               (4, 3, 1), (8, 3, 1), (8, 4, 2), (16, 4, 2), (8, 6, 4), (16, 6, 4)):
    n_row = (5 * samples * depth + 7) // 8
    limit = 1 << min(depth, 4) if colour == 3 else 256
    for interlace in (0, 1):
        if interlace:
            passes = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))
            sizes = [((5 - x + dx - 1) // dx, (4 - y + dy - 1) // dy) for x, y, dx, dy in passes]
            rows = b"".join((b"\1" + bytes((w * samples * depth + 7) // 8)) * h for w, h in sizes if w > 0 and h > 0)
        else:
            rows = b"".join(bytes([y % 5]) + bytes((x * 3 + y) % min(limit, 256) for x in range(n_row)) for y in range(4))
        keep("png", f"colour{colour}-{depth}{'-interlaced' if interlace else ''}",
             png(5, 4, depth, colour, rows, PALETTE if colour == 3 else b"", interlace))
keep("png", "transparent", png(5, 4, 8, 3, b"".join(b"\0" + bytes(range(5)) for _ in range(4)), PALETTE + chunk(b"tRNS", bytes(9))))
keep("png", "transparent-grey", png(5, 1, 8, 0, b"\0" + bytes(range(5)), chunk(b"tRNS", b"\0\3")))
keep("png", "words", png(5, 1, 8, 0, b"\0" + bytes(range(5)), chunk(b"tEXt", b"Title\0words") + chunk(b"pHYs", bytes(9))))
keep("png", "lie-large", png(30000, 30000, 8, 6, VOXELS))
keep("png", "lie-little-data", png(100, 100, 8, 0, VOXELS))

# Tables of an atlas --------------------------------------------------------------------------------------------------

keep("atlas", "mricron", b"1 Precentral_L 2001\r\n2 Precentral_R 2002\r\n\r\n")
keep("atlas", "tabs", b"0\tUnclassified\r\n1\tFornix_(column)\r\n")
keep("atlas", "tsv", b"roi_value\troi_name\n0\tBackground\n4201\tAmygdala_L\n4202\tAmygdala_R\n")
keep("atlas", "bids", b"\xef\xbb\xbfname\tindex\tcolour\nlh insula\t7\tred\nRight Insula\t8\t\n")
keep("atlas", "lie-text", b"one two\nthree\n")
keep("atlas", "lie-number", b"99999999999999999999 Name\n-1 Name\n")
keep("atlas", "lie-latin", b"1 Cort\xe9x_L\n2 \xff\xfe\n\x00 3 x\n")

# Tables ---------------------------------------------------------------------------------------------------------------

keep("delimited", "comma", b"file,label,split,patient\nimages/a 1.png,benign,train,p1\n\"images/b, 2.png\",malignant,test,p2\n")
keep("delimited", "tab", b"\xef\xbb\xbfparticipant_id\tsession_id\tdiagnosis\r\nsub-1\tses-M000\tAD\r\n\r\nsub-2\tses-M000\tCN")
keep("delimited", "semicolon", b"id; value\r1;2,5\r2;\"a \"\"quoted\"\" one\n\"\r")
keep("delimited", "pandas", b",file,label\n0,a.png,1\n1,b.png,0\n")
keep("delimited", "lie-ragged", b"a,b,c\n1,2\n1,2,3\n1,2,3,4\n,,\n")
keep("delimited", "lie-quote", b"a,b\n\"1,2\n3,4\n")
keep("delimited", "lie-behind", b"a,b\n\"1\"x,2\n")
keep("delimited", "lie-names", b"a,a\n1,2\n")
keep("delimited", "lie-latin", b"a,b\n\xe9,2\n")
keep("delimited", "lie-binary", bytes(range(256)))
keep("delimited", "empty", b"")

keep("failure", "scores", b"id,patient,correct,msr,entropy\na,p1,1,0.1,.2\nb,p1,0,.4,1e-3\nc,,true,-3,0\n")
keep("failure", "semicolon", b"Correct;msr\n1.0;0\n0.0;1\n")
keep("failure", "lie-outcome", b"correct,msr\n2,0.1\n")
keep("failure", "lie-nan", b"correct,msr\n1,nan\n0,inf\n")
keep("failure", "lie-missing", b"label,msr\n1,0.5\n")
keep("failure", "lie-alone", b"correct\n1\n")
keep("failure", "lie-none", b"correct,msr\n")

# ONNX: protobuf by hand ----------------------------------------------------------------------------------------------


def varint(value):
    out = b""
    value &= (1 << 64) - 1
    while value > 127:
        out += bytes([value & 127 | 128])
        value >>= 7
    return out + bytes([value])


def number(field, value):
    return varint(field << 3) + varint(value)


def blob(field, data):
    data = data.encode() if isinstance(data, str) else data
    return varint(field << 3 | 2) + varint(len(data)) + data


def single(field, value):
    return varint(field << 3 | 5) + struct.pack("<f", value)


def tensor(name, dims, floats=None, ints=None):
    kind, raw = (1, struct.pack(f"<{len(floats)}f", *floats)) if floats is not None else (7, struct.pack(f"<{len(ints)}q", *ints))
    return b"".join(number(1, d) for d in dims) + number(2, kind) + blob(8, name) + blob(9, raw)


def attribute(name, value):
    if isinstance(value, float):
        return blob(1, name) + single(2, value) + number(20, 1)
    if isinstance(value, int):
        return blob(1, name) + number(3, value) + number(20, 2)
    if isinstance(value, str):
        return blob(1, name) + blob(4, value) + number(20, 3)
    if isinstance(value, bytes):
        return blob(1, name) + blob(5, value) + number(20, 4)
    return blob(1, name) + b"".join(number(8, v) for v in value) + number(20, 7)


def node(op, inputs, outputs, **attributes):
    return (b"".join(blob(1, name) for name in inputs) + b"".join(blob(2, name) for name in outputs) + blob(3, op + "_node") +
            blob(4, op) + b"".join(blob(5, attribute(name, value)) for name, value in attributes.items()))


def value(name, dims):
    shape = b"".join(blob(1, number(1, d) if isinstance(d, int) else blob(2, d)) for d in dims)
    return blob(1, name) + blob(2, blob(1, number(1, 1) + blob(2, shape)))


def model(nodes, inputs, outputs, constants=(), opset=13):
    graph = (b"".join(blob(1, n) for n in nodes) + blob(2, "graph") + b"".join(blob(5, c) for c in constants) +
             b"".join(blob(11, i) for i in inputs) + b"".join(blob(12, o) for o in outputs))
    return number(1, 8) + blob(2, "seed") + blob(7, graph) + blob(8, number(2, opset))


X, Y = value("x", ["N", 2, 4, 4, 4]), value("y", ["N", 3])
WEIGHT = tensor("w", (3, 2, 3, 3, 3), floats=[0.01 * i for i in range(162)])
DENSE = tensor("d", (3, 24), floats=[0.1] * 72)
ONES = [tensor(name, (3,), floats=[1.0, 2.0, 3.0]) for name in ("b", "s", "t", "u")]
CNN = [node("Conv", ["x", "w", "b"], ["c"], kernel_shape=[3, 3, 3], pads=[1] * 6),
       node("BatchNormalization", ["c", "s", "t", "u", "b"], ["n"], epsilon=1e-5), node("LeakyRelu", ["n"], ["r"], alpha=0.1),
       node("MaxPool", ["r"], ["p"], kernel_shape=[2, 2, 2], strides=[2, 2, 2]), node("Flatten", ["p"], ["f"], axis=1),
       node("Gemm", ["f", "d", "b"], ["g"], transB=1), node("Softmax", ["g"], ["y"], axis=1)]
keep("onnx", "cnn", model(CNN, [X], [Y], [WEIGHT, DENSE] + ONES))
PLAIN = [value("x", [2, 3, 4])], [value("y", [])]
for op in ("Relu", "Sigmoid", "Tanh", "Softplus", "Exp", "Log", "Sqrt", "Identity", "Dropout", "GlobalAveragePool", "Shape", "Softmax",
           "LogSoftmax", "Flatten", "Transpose", "ReduceMean", "Cast"):
    keep("onnx", "op-" + op, model([node(op, ["x"], ["y"], **({"to": 6} if op == "Cast" else {}))], *PLAIN))
SHAPE = tensor("i", (2,), ints=[4, -1])
for op in ("Reshape", "Gather", "Squeeze", "Unsqueeze", "Add", "Mul", "Pow", "MatMul", "Pad", "Resize", "ReduceSum", "Expand"):
    keep("onnx", "op-" + op, model([node(op, ["x", "i"], ["y"])], *PLAIN, [SHAPE]))
keep("onnx", "op-Slice", model([node("Slice", ["x", "i", "i", "i"], ["y"])], *PLAIN, [SHAPE]))
keep("onnx", "op-Concat", model([node("Concat", ["x", "x"], ["y"], axis=-1)], *PLAIN))
keep("onnx", "op-ConvTranspose", model([node("ConvTranspose", ["x", "w"], ["y"], strides=[2, 2, 2], auto_pad="SAME_UPPER")],
                                       [X], [Y], [tensor("w", (2, 3, 3, 3, 3), floats=[0.5] * 162)]))
keep("onnx", "op-Constant", model([node("Constant", [], ["k"], value=tensor("v", (2,), ints=[24, 1])), node("Reshape", ["x", "k"], ["y"])], *PLAIN))
keep("onnx", "lie-cycle", model([node("Relu", ["a"], ["b"]), node("Relu", ["b"], ["a"])], *PLAIN))
keep("onnx", "lie-unknown", model([node("Einsum", ["x"], ["y"], equation="i->i")], *PLAIN))
keep("onnx", "lie-opset", model([node("Relu", ["x"], ["y"])], *PLAIN, opset=99))
keep("onnx", "lie-large", model([node("Relu", ["w"], ["y"])], *PLAIN, [number(1, 1 << 40) + number(2, 1) + blob(8, "w") + blob(9, b"abcd")]))
keep("onnx", "lie-outside", model([node("Relu", ["w"], ["y"])], *PLAIN, [
    number(1, 4) + number(2, 1) + blob(8, "w") + blob(13, blob(1, "location") + blob(2, "../../etc/passwd")) + number(14, 1)]))
keep("onnx", "cut", model(CNN, [X], [Y], [WEIGHT, DENSE] + ONES)[:600])

# Studies -------------------------------------------------------------------------------------------------------------

STUDY = {
    "format": "dubito-study", "format_version": 1, "version": "0.1.0", "title": "A study", "seed": "1", "classes": ["CN", "AD"],
    "cases": [{"id": "sub-1", "path": "data/sub-1.nii.gz", "label": 1, "split": "test", "truth": "data/truth.nii.gz", "severity": 0.5},
              {"id": "sub-2", "path": "/data/sub-2.nii.gz", "label": -1, "split": ""}],
    "models": [{"id": "cnn", "path": "models/cnn/model.onnx", "preprocess": {"axes": "ijk", "scale": "minmax", "fit": "crop-pad"}}],
    "atlas": {"labels": "data/aal.nii.gz", "table": "data/aal.txt"},
}


def study(**changes):
    return json.dumps({**STUDY, **changes}, indent=1).encode()


keep("study", "whole", study())
keep("study", "bare", study(cases=[], models=[], atlas={"labels": "a.nii"}))
keep("study", "lie-format", study(format="other"))
keep("study", "lie-version", study(format_version=1e9))
keep("study", "lie-seed", study(seed="-1"))
keep("study", "lie-label", study(cases=[{"id": "a", "path": "b", "label": 7, "split": ""}]))
keep("study", "lie-outside", study(models=[{"id": "a", "path": "../../model.onnx", "preprocess": {}}]))
keep("study", "lie-twice", study(cases=STUDY["cases"][:1] * 2))
keep("study", "lie-deep", b"[" * 5000 + b"]" * 5000)
keep("study", "lie-list", b"[1, 2]")

# Recalibrations, alone and as a step of a study ------------------------------------------------------------------------

MAP = {"method": "temperature", "kind": "found", "split": "calibration", "n_cases": 90, "n_classes": 2, "counts": [30, 60]}
TEMPERATURE = {**MAP, "temperature": {"value": 2.0, "low": 1.5, "high": None, "beta": 0.5}}


def mapped(method, *maps, **changes):
    return {**MAP, "method": method, "maps": [{"kind": "found", "n_positive": 30, **m} for m in maps], **changes}


MAPS = {
    "temperature": TEMPERATURE,
    "chance": {**TEMPERATURE, "kind": "chance", "temperature": {"low": 3, "high": None, "beta": 0}},
    "separable": {**TEMPERATURE, "kind": "separable", "temperature": {"low": 0, "high": 3, "beta": None}},
    "top": {**TEMPERATURE, "n_classes": 0},
    "vector": {**MAP, "method": "vector", "weights": [0.5, 2], "biases": [-1, 1]},
    "platt": mapped("platt", {"slope": 0.5, "bias": -0.1}),
    "isotonic": mapped("isotonic", {"x": [0.1, 0.4, 0.9], "y": [0, 0.5, 1]}, n_patients=40),
    "beta": mapped("beta", *[{"a": 0.5, "b": 2, "c": -0.1}] * 3, n_classes=3, counts=[30, 30, 30]),
    "exponent": {**TEMPERATURE, "temperature": {"low": 1e-300, "high": 1e22, "beta": 0.5}},
    "lie-classes": mapped("platt", {"slope": 0.5, "bias": -0.1}, n_classes=65536, counts=[1] * 20),
    "lie-slope": mapped("platt", {"slope": 1e308, "bias": -1e308}),
    "lie-order": mapped("isotonic", {"x": [0.4, 0.1], "y": [0, 1]}),
    "lie-kind": mapped("beta", {"kind": "separable"}),
    "lie-weights": {**MAP, "method": "vector", "weights": [1e308, -1e308], "biases": [0, 0]},
    "lie-beta": {**TEMPERATURE, "temperature": {"low": 1, "high": 2, "beta": 1e-320}},
}
for name, recalibration in MAPS.items():
    keep("recalibration", name, json.dumps(recalibration, indent=1).encode())
keep("study", "step", study(format_version=2, recalibrations=[{"family": "cnn", "networks": ["cnn"], "map": TEMPERATURE}]))
keep("study", "lie-step", study(recalibrations=[{"family": "cnn", "networks": ["cnn"], "map": MAPS["beta"]}]))
keep("study", "lie-steps", study(recalibrations=[{"family": "cnn", "networks": [], "map": MAPS["vector"]}] * 2))

# Run folders: the same bytes are read as run.json and as log.jsonl -----------------------------------------------------

RUN = {
    "format": "dubito-run", "format_version": 1, "version": "0.1.0", "id": "ce-f0", "family": "ce", "fold": 0,
    "recipe": {
        "arch": "resnet18", "width": 16, "depth": 0, "dropout": 0.0, "label_smoothing": 0.0, "dca": 15, "entropy": 0.0,
        "mmce": 0.0, "mixup": 0.0, "class_weights": False, "optimizer": "adam", "rate": 0.001, "momentum": 0.9,
        "weight_decay": 0.0, "clip": 0.0, "schedule": "cosine", "warmup_epochs": 0, "n_epochs": 40, "batch": 64,
        "patience": 0, "select_by": "loss", "augment": "flip,shift", "seed": "0"},
    "classes": ["no", "yes"], "input": [1, 28, 28], "architecture": "ResNet-18, width 16", "parameters": 700146,
    "data": {"kind": "medmnist", "name": "x", "hash": "h"}, "split_hash": "s",
    "prepare": {"channels": 1, "size": [28, 28], "resize": "resample", "scaling": "mean-sd", "mean": [0.3], "sd": [0.2],
                "fitted_on": "train"},
    "done": False, "best_epoch": 0}


def run(**changes):
    return json.dumps({**RUN, **changes}).encode()


def epoch(number, **changes):
    sides = {"loss": 0.5, "accuracy": 0.75, "ece": None}
    return json.dumps({"epoch": number, "rate": 0.001, "train": sides, "validation": {**sides, "auroc": 0.8, "n": 86, "correct": 60},
                       "cases_per_second": 900.5, "seconds": 1.5, "one_class": False, "best": True, **changes}).encode() + b"\n"


keep("run", "whole", run())
keep("run", "failed", run(failure="Epoch 3: the loss is no finite number", done=True))
keep("run", "lie-input", run(input=[1, 2 ** 62, 2 ** 62]))
keep("run", "lie-recipe", run(recipe={**RUN["recipe"], "batch": 1e300}))
keep("run", "lie-prepare", run(prepare={"channels": 3, "size": [-1, 0]}))
keep("run", "log", epoch(1) + epoch(2) + epoch(3))
keep("run", "log-torn", epoch(1) + epoch(2)[:40])
keep("run", "log-noise", epoch(1) + b"\xff\n{}\n" + epoch(1) + epoch(2, train=[]))
keep("run", "lie-deep", b"[" * 5000 + b"\n" + epoch(1))

# cases.csv ------------------------------------------------------------------------------------------------------------

HEAD = b"id,label,patient,part,fold\n"
keep("cases", "whole", HEAD + b"a,0,,train,0\nb,1,p 1,calibration,-1\nc,-1,,none,-1\n")
keep("cases", "quoted", HEAD + b"\"a,\"\"b\"\"\nc\",0,\"\",test,-1\r\n")
keep("cases", "lie-twice", HEAD + b"a,0,,train,0\na,0,,train,1\n")
keep("cases", "lie-quote", HEAD + b"\"a,0,,train,0\n")
keep("cases", "lie-number", HEAD + b"a,99999999999999999999,,train,0\n")
keep("cases", "lie-fold", HEAD + b"a,0,,test,3\n")
keep("cases", "lie-part", HEAD + b"a,0,,exam,0\n")
keep("cases", "bare", HEAD)

# Preparations --------------------------------------------------------------------------------------------------------

GREY = {"channels": 1, "size": [28, 28], "resize": "resample", "scaling": "mean-sd", "mean": [0.33], "sd": [0.21], "fitted_on": "train"}
HEAD = {"channels": 1, "size": [6, 7, 6], "resize": "crop-pad", "spacing": 1.5, "axes": "kji", "scaling": "percentile", "percentile": [1, 99]}


def preparation(start, **changes):
    return json.dumps({**start, **changes}).encode()


keep("prepare", "grey", preparation(GREY))
keep("prepare", "colour", preparation(GREY, channels=3, scaling="unit", resize="refuse"))
keep("prepare", "head", preparation(HEAD))
keep("prepare", "head-zscore", preparation(HEAD, scaling="zscore", spacing=0))
keep("prepare", "head-minmax", preparation(HEAD, scaling="minmax", resize="resample", axes="ijk"))
keep("prepare", "lie-channels", preparation(GREY, channels=1e300))
keep("prepare", "lie-size", preparation(HEAD, size=[65536, 65536, 65536]))
keep("prepare", "lie-sd", preparation(GREY, sd=[0]))
keep("prepare", "lie-list", preparation(GREY, mean=[0.1, 0.2]))
keep("prepare", "lie-member", preparation(GREY, scalling="unit"))
keep("prepare", "lie-part", preparation(GREY, fitted_on="a part of a very long name"))
keep("study", "empty", b"")
