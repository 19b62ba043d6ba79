# SPDX-License-Identifier: Apache-2.0
"""The menu of lies: functions that enter themselves by name, each with what it applies to, and small ways to spoil bytes."""

EXCHANGE_LIES, EVENT_LIES, UNASKED_LIES = {}, {}, {}
GIANT = 8 << 20  # far above what any client takes, and enough to see that it does not


def lie_of(menu, applies=None):
    def enter(function):
        menu[function.__name__] = (function, applies)
        return function
    return enter


def flip(rng, data, most=3):
    changed = bytearray(data)
    for _ in range(rng.randint(1, most)):
        changed[rng.randrange(len(changed))] ^= 1 << rng.randrange(8)
    return bytes(changed)


def cut(rng, data):
    return data[:rng.randrange(len(data))]
