"""The streams of core/base/rng.h and the draws of core/train/mixup.h, written a second time for the scripts here."""
import math

MASK = 0xffffffff


class Rng:
    """Philox 4x32-10, keyed by (seed, purpose, index)."""

    def __init__(self, seed, purpose, index):
        name = 0xcbf29ce484222325
        for c in purpose.encode():
            name = (name ^ c) * 0x100000001b3 & 0xffffffffffffffff
        self.key = seed ^ name
        self.index, self.position, self.words, self.spare = index, 0, [], None

    def block(self):
        c = [self.position & MASK, self.position >> 32, self.index & MASK, self.index >> 32]
        k = [self.key & MASK, self.key >> 32]
        for _ in range(10):
            a, b = c[0] * 0xd2511f53, c[2] * 0xcd9e8d57
            c = [(b >> 32) ^ c[1] ^ k[0], b & MASK, (a >> 32) ^ c[3] ^ k[1], a & MASK]
            k = [(k[0] + 0x9e3779b9) & MASK, (k[1] + 0xbb67ae85) & MASK]
        self.position += 1
        return c

    def u32(self):
        if not self.words:
            self.words = self.block()
        return self.words.pop(0)

    def uniform(self):
        high = self.u32()
        return ((high << 32 | self.u32()) >> 11) / 2.0**53

    def below(self, bound):
        product = self.u32() * bound
        while product & MASK < (1 << 32) % bound:
            product = self.u32() * bound
        return product >> 32

    def normal(self):
        if self.spare is not None:
            value, self.spare = self.spare, None
            return value
        radius = math.sqrt(-2.0 * math.log(1.0 - self.uniform()))
        angle = 2.0 * math.pi * self.uniform()
        self.spare = radius * math.sin(angle)
        return radius * math.cos(angle)

    def log_gamma(self, shape):
        boost = 0.0
        if shape < 1.0:
            boost = math.log(1.0 - self.uniform()) / shape
            shape += 1.0
        d = shape - 1.0 / 3.0
        while True:
            x = self.normal()
            v = (1.0 + x / math.sqrt(9.0 * d))
            u = 1.0 - self.uniform()
            if v > 0.0 and math.log(u) < 0.5 * x * x + d - d * v**3 + d * math.log(v**3):
                return math.log(d * v**3) + boost

    def mixup(self, alpha, n):
        """The share of the first image, and the order of the second ones."""
        a, b = self.log_gamma(alpha), self.log_gamma(alpha)
        order = list(range(n))
        for i in range(n, 1, -1):
            j = self.below(i)
            order[i - 1], order[j] = order[j], order[i - 1]
        return 1.0 / (1.0 + math.exp(b - a)), order
