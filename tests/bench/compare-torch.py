#!/usr/bin/env python3
"""Dubito and eager PyTorch side by side: the same work, machine, threads and minute; prints a Markdown table.

Memory is what the process grew by at its largest, on both sides: over a process that only imports torch, and
over one that only prints its version.

    tests/bench/compare-torch.py build/app/cli/dubito-cli [--threads 2] [--rounds 3] [NAME...]

Each round measures ours, then theirs, each in a process of its own; the table shows the minimum over all
repeats, which is what the machine can do when nothing else disturbs it. On a machine that others use, look
at the processor time with --threads 1: idle threads that wait for each other count as work.
"""
import argparse
import json
import os
import resource
import subprocess
import sys
import time

# Ours, theirs, for each round.
REPEATS = {'mask-iteration': (20, 4), 'meshnet': (4, 2), 'resnet18': (8, 5), 'train-resnet18': (4, 4),
           'train-resnet18-w16': (10, 10), 'train-cnn3d': (4, 2)}


def cnn3d(torch):
    """The network of source 001."""
    nn = torch.nn
    layers, before = [], 1
    for channels in (8, 16, 32, 64, 128):
        layers += [nn.Conv3d(before, channels, 3, padding=1), nn.BatchNorm3d(channels), nn.LeakyReLU(0.01), nn.MaxPool3d(2)]
        before = channels
    return nn.Sequential(*layers, nn.Flatten(), nn.Dropout(0.5), nn.Linear(128 * 3 * 4 * 3, 64), nn.LeakyReLU(0.01),
                         nn.Linear(64, 2))


def mask_iteration(torch):
    """Forward, backward to the mask, both regularisers, Adam and the clip; source 001's network in eval mode."""
    net = cnn3d(torch).eval().requires_grad_(False)
    image = torch.rand(121, 145, 121)
    m = torch.ones(121, 145, 121, requires_grad=True)
    adam = torch.optim.Adam([m], lr=0.1)

    def step():
        adam.zero_grad()
        masked = m * image + (1 - m) * 1.0
        score = torch.softmax(net(masked[None, None]), 1)[0, 1]
        area = (1 - m).abs().mean()
        squares = torch.zeros_like(m)
        squares[:-1] = squares[:-1] + (m[1:] - m[:-1]) ** 2
        squares[:, :-1] = squares[:, :-1] + (m[:, 1:] - m[:, :-1]) ** 2
        squares[:, :, :-1] = squares[:, :, :-1] + (m[:, :, 1:] - m[:, :, :-1]) ** 2
        # beta2 = 3; the square root has no derivative at 0, so zero is kept away from it.
        smoothness = (squares * (squares + 1e-30).sqrt()).mean()
        (score + 30 * area + 30 * smoothness).backward()
        adam.step()
        with torch.no_grad():
            m.clamp_(0, 1)
    return step


def meshnet(torch):
    """Ten dilated convolutions of five channels on 256x256x256."""
    nn = torch.nn
    layers, before = [], 1
    for dilation in (1, 2, 4, 8, 16, 8, 4, 2, 1):
        layers += [nn.Conv3d(before, 5, 3, padding=dilation, dilation=dilation), nn.ReLU()]
        before = 5
    net = nn.Sequential(*layers, nn.Conv3d(5, 3, 1)).eval()
    image = torch.rand(1, 1, 256, 256, 256)

    def step():
        with torch.no_grad():
            net(image)
    return step


def resnet(torch, width):
    """ResNet-18 with a 3x3 stem."""
    nn = torch.nn

    class Block(nn.Module):
        def __init__(self, before, channels, stride):
            super().__init__()
            self.body = nn.Sequential(nn.Conv2d(before, channels, 3, stride, 1, bias=False), nn.BatchNorm2d(channels), nn.ReLU(),
                                      nn.Conv2d(channels, channels, 3, 1, 1, bias=False), nn.BatchNorm2d(channels))
            self.short = nn.Sequential()
            if stride != 1 or before != channels:
                self.short = nn.Sequential(nn.Conv2d(before, channels, 1, stride, bias=False), nn.BatchNorm2d(channels))

        def forward(self, x):
            return torch.relu(self.body(x) + self.short(x))

    layers, before = [nn.Conv2d(1, width, 3, 1, 1, bias=False), nn.BatchNorm2d(width), nn.ReLU()], width
    for channels, stride in ((width, 1), (2 * width, 2), (4 * width, 2), (8 * width, 2)):
        layers += [Block(before, channels, stride), Block(channels, channels, 1)]
        before = channels
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(8 * width, 2))


def resnet18(torch):
    """ResNet-18 forward on a batch of 128 pictures of 28x28."""
    net = resnet(torch, 64).eval()
    images = torch.rand(128, 1, 28, 28)

    def step():
        with torch.no_grad():
            net(images)
    return step


def training(torch, net, shape):
    """Forward with batch statistics, cross-entropy, backward to all parameters, Adam."""
    net.train()
    adam = torch.optim.Adam(net.parameters(), lr=1e-3)
    batch = torch.rand(shape)
    labels = torch.arange(shape[0]) % 2

    def step():
        adam.zero_grad(set_to_none=True)
        torch.nn.functional.cross_entropy(net(batch), labels).backward()
        adam.step()
    return step


PEERS = {
    'mask-iteration': mask_iteration,
    'meshnet': meshnet,
    'resnet18': resnet18,
    'train-resnet18': lambda torch: training(torch, resnet(torch, 64), (128, 1, 28, 28)),
    'train-resnet18-w16': lambda torch: training(torch, resnet(torch, 16), (128, 1, 28, 28)),
    'train-cnn3d': lambda torch: training(torch, cnn3d(torch), (4, 1, 121, 145, 121)),
}


def measure_theirs(name, threads, repeats):
    """In a process of its own: milliseconds of each repeat and the memory that the work took."""
    import torch
    torch.set_num_threads(threads)
    torch.manual_seed(1)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    step = PEERS[name](torch)
    step()
    found, processor = [], []
    for _ in range(repeats):
        began, mark = time.perf_counter(), time.process_time()
        step()
        found.append(1e3 * (time.perf_counter() - began))
        processor.append(1e3 * (time.process_time() - mark))
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(json.dumps({'ms': found, 'processor_ms': min(processor), 'peak_bytes': 1024 * (after - before), 'version': torch.__version__}))


def run(command):
    """What a command prints, and the largest memory it had."""
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        told = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        sys.exit(f'{" ".join(command)} failed.')
    return told, 1024 * usage.ru_maxrss


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('cli', help='the program dubito-cli')
    parser.add_argument('names', nargs='*', help=', '.join(PEERS))
    parser.add_argument('--threads', type=int, default=2)
    parser.add_argument('--rounds', type=int, default=3)
    parser.add_argument('--theirs', help=argparse.SUPPRESS)
    arguments = parser.parse_intermixed_args()
    if arguments.theirs:
        measure_theirs(arguments.theirs, arguments.threads, REPEATS[arguments.theirs][1])
        return
    rows = []
    _, nothing = run([arguments.cli, '--version'])
    for name in arguments.names or list(PEERS):
        if name not in PEERS:
            sys.exit(f'There is no benchmark {name}, expected: {", ".join(PEERS)}.')
        ours, theirs = [], []
        our_bytes = 0
        for _ in range(arguments.rounds):
            told, n_bytes = run([arguments.cli, 'bench', name, '--json', '--threads', str(arguments.threads), '--repeats',
                                 str(REPEATS[name][0])])
            ours.append(json.loads(told)['benchmarks'][0])
            our_bytes = max(our_bytes, n_bytes - nothing)
            told, _ = run([sys.executable, __file__, arguments.cli, '--theirs', name, '--threads', str(arguments.threads)])
            theirs.append(json.loads(told))
        our_ms = min(one['min_ms'] for one in ours)
        their_ms = min(min(one['ms']) for one in theirs)
        our_work = min(one['processor_ms'] for one in ours)
        their_work = min(one['processor_ms'] for one in theirs)
        their_bytes = max(one['peak_bytes'] for one in theirs)
        rows.append(f'| {name} | {their_ms:.1f} ms, {their_bytes / 1e6:.0f} MB | {our_ms:.1f} ms, {our_bytes / 1e6:.0f} MB '
                    f'| **{their_ms / our_ms:.1f}×** | {their_work:.0f} / {our_work:.0f} ms = {their_work / our_work:.1f}× |')
        version = theirs[0]['version']
    print(f'\n{arguments.threads} threads, minimum of {arguments.rounds} rounds\n')
    print(f'| | PyTorch {version}, eager | Dubito | ratio | processor time |\n|---|---|---|---|---|')
    print('\n'.join(rows))


if __name__ == '__main__':
    main()
