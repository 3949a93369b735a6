#!/usr/bin/env python3
"""Dubito and eager PyTorch side by side: the same work, machine, threads and minute; prints a Markdown table.

    tests/bench/compare-torch.py build/app/cli/dubito-cli [--threads 2] [--rounds 3] [NAME...]

Each round measures ours, then theirs, each in a process of its own; the table shows the minimum over all
repeats, which is what the machine can do when nothing else disturbs it.
"""
import argparse
import json
import resource
import subprocess
import sys
import time

REPEATS = {'mask-iteration': (20, 4), 'meshnet': (4, 2), 'resnet18': (8, 5)}  # ours, theirs, for each round


def mask_iteration(torch):
    """Forward, backward to the mask, both regularisers, Adam and the clip; source 001's network in eval mode."""
    nn = torch.nn
    layers, before = [], 1
    for channels in (8, 16, 32, 64, 128):
        layers += [nn.Conv3d(before, channels, 3, padding=1), nn.BatchNorm3d(channels), nn.LeakyReLU(0.01), nn.MaxPool3d(2)]
        before = channels
    net = nn.Sequential(*layers, nn.Flatten(), nn.Dropout(0.5), nn.Linear(128 * 3 * 4 * 3, 64), nn.LeakyReLU(0.01),
                        nn.Linear(64, 2)).eval().requires_grad_(False)
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


def resnet18(torch):
    """ResNet-18 with a 3x3 stem on a batch of 128 pictures of 28x28."""
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

    layers, before = [nn.Conv2d(1, 64, 3, 1, 1, bias=False), nn.BatchNorm2d(64), nn.ReLU()], 64
    for channels, stride in ((64, 1), (128, 2), (256, 2), (512, 2)):
        layers += [Block(before, channels, stride), Block(channels, channels, 1)]
        before = channels
    net = nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(512, 2)).eval()
    images = torch.rand(128, 1, 28, 28)

    def step():
        with torch.no_grad():
            net(images)
    return step


PEERS = {'mask-iteration': mask_iteration, 'meshnet': meshnet, 'resnet18': resnet18}


def measure_theirs(name, threads, repeats):
    """In a process of its own: milliseconds of each repeat and the memory that the work took."""
    import torch
    torch.set_num_threads(threads)
    torch.manual_seed(1)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    step = PEERS[name](torch)
    step()
    found = []
    for _ in range(repeats):
        began = time.perf_counter()
        step()
        found.append(1e3 * (time.perf_counter() - began))
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(json.dumps({'ms': found, 'peak_bytes': 1024 * (after - before), 'version': torch.__version__}))


def document(command):
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.exit(f'{" ".join(command)} failed:\n{done.stderr}')
    return json.loads(done.stdout)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('cli', help='the program dubito-cli')
    parser.add_argument('names', nargs='*', help=', '.join(PEERS))
    parser.add_argument('--threads', type=int, default=2)
    parser.add_argument('--rounds', type=int, default=3)
    parser.add_argument('--theirs', help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.theirs:
        measure_theirs(arguments.theirs, arguments.threads, REPEATS[arguments.theirs][1])
        return
    rows = []
    for name in arguments.names or list(PEERS):
        if name not in PEERS:
            sys.exit(f'There is no benchmark {name}, expected: {", ".join(PEERS)}.')
        ours, theirs = [], []
        for _ in range(arguments.rounds):
            one = document([arguments.cli, 'bench', name, '--json', '--threads', str(arguments.threads), '--repeats',
                            str(REPEATS[name][0])])
            ours.append(one['benchmarks'][0])
            theirs.append(document([sys.executable, __file__, arguments.cli, '--theirs', name, '--threads', str(arguments.threads)]))
        our_ms = min(one['min_ms'] for one in ours)
        their_ms = min(min(one['ms']) for one in theirs)
        our_bytes, their_bytes = ours[0]['peak_bytes'], max(one['peak_bytes'] for one in theirs)
        rows.append(f'| {name} | {their_ms:.1f} ms, {their_bytes / 1e6:.0f} MB | {our_ms:.1f} ms, {our_bytes / 1e6:.0f} MB '
                    f'| **{their_ms / our_ms:.1f}×** |')
        version = theirs[0]['version']
    print(f'\n{arguments.threads} threads, minimum of {arguments.rounds} rounds\n')
    print(f'| | PyTorch {version}, eager | Dubito | ratio |\n|---|---|---|---|')
    print('\n'.join(rows))


if __name__ == '__main__':
    main()
